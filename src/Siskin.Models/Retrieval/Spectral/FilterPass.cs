using Siskin.Models.Factorization;
using Siskin.Models.Interactions;
using Siskin.Models.LinearAlgebra;

namespace Siskin.Models.Retrieval.Spectral;

/// <summary>Filters sixteen histories at once, one in each lane, so that every sparse entry and singular vector is read once for all.</summary>
/// <remarks>Not for concurrent use.</remarks>
internal sealed unsafe class FilterPass
{
    /// <summary>Histories of a pass.</summary>
    public const int Lanes = ProductTile.Size;

    private readonly SpectralFilterOptions _options;
    private readonly InteractionMatrix _byUser;
    private readonly InteractionMatrix _byItem;
    private readonly PaddedFactors _panels;
    private readonly float[] _degrees;
    private readonly int _rank;
    private readonly PaddedFactors _users;
    private readonly PaddedFactors _items;
    private readonly PaddedFactors _smooth;
    private readonly PaddedFactors _spectrum;

    public FilterPass(SpectralFilterOptions options, InteractionMatrix byUser, InteractionMatrix byItem, PaddedFactors panels, float[] degrees)
    {
        (_options, _byUser, _byItem, _panels, _degrees) = (options, byUser, byItem, panels, degrees);
        _rank = panels.Count / Tiles(byItem.RowCount);
        _users = new PaddedFactors(byUser.RowCount, Lanes);
        _items = new PaddedFactors(byItem.RowCount, Lanes);
        _smooth = new PaddedFactors(options.Sharpening > 0 ? byItem.RowCount : 1, Lanes);
        _spectrum = new PaddedFactors(_rank + Lanes, Lanes);
    }

    /// <summary>Turns n rows of singular vectors into panels of 16 items, rank × 16 each.</summary>
    public static PaddedFactors Pack(PaddedFactors vectors)
    {
        var rank = vectors.Dimensions;
        var panels = new PaddedFactors(Tiles(vectors.Count) * rank, Lanes);
        for (var item = 0; item < vectors.Count; item++)
        {
            var row = vectors.Row(item);
            for (var k = 0; k < rank; k++)
            {
                panels.Row((item / Lanes * rank) + k)[item % Lanes] = row[k];
            }
        }

        return panels;
    }

    /// <summary>Forgets the histories of the last pass.</summary>
    public void Clear()
    {
        new Span<float>(_users.Start, _users.Count * Lanes).Clear();
        new Span<float>(_spectrum.Start, _spectrum.Count * Lanes).Clear();
    }

    /// <summary>Takes a history in: its users R̃x, and its spectrum.</summary>
    public void Add(InteractionRow history, int lane)
    {
        for (var i = 0; i < history.Length; i++)
        {
            var (item, weight) = (history.Columns[i], history.Values[i]);
            var row = _byItem.Row(item);
            for (var at = 0; at < row.Length; at++)
            {
                _users.Start[((nint)row.Columns[at] * Lanes) + lane] += weight * row.Values[at];
            }

            if (_options.IdealWeight > 0)
            {
                var scale = weight * _options.IdealWeight / _degrees[item];
                var panel = _panels.Start + ((nint)(item / Lanes) * _rank * Lanes) + (item % Lanes);
                for (var k = 0; k < _rank; k++)
                {
                    _spectrum.Start[(k * Lanes) + lane] += scale * panel[k * Lanes];
                }
            }
        }
    }

    /// <summary>Scores all items for all lanes.</summary>
    public void Run()
    {
        SparseProduct.Multiply(_byItem, _users, _items, 1, default);
        if (_options.IdealWeight > 0)
        {
            AddIdeal();
        }

        if (_options.Sharpening > 0)
        {
            SparseProduct.Multiply(_byUser, _items, _users, 1, default);
            SparseProduct.Multiply(_byItem, _users, _smooth, 1, default);
            for (var item = 0; item < _items.Count; item++)
            {
                Lanes16.AddScaled(_smooth.Start + ((nint)item * Lanes), -_options.Sharpening, _items.Start + ((nint)item * Lanes));
            }
        }
    }

    /// <summary>Copies one lane's scores out.</summary>
    public void Read(int lane, Span<float> dense)
    {
        for (var item = 0; item < dense.Length; item++)
        {
            dense[item] = _items.Start[((nint)item * Lanes) + lane];
        }
    }

    private static int Tiles(int items) => (items + Lanes - 1) / Lanes;

    private void AddIdeal()
    {
        var tile = _spectrum.Start + (_rank * Lanes);
        for (var first = 0; first < _items.Count; first += Lanes)
        {
            ProductTile.Multiply(_panels.Start + ((nint)(first / Lanes) * _rank * Lanes), Lanes, _spectrum.Start, Lanes, _rank, tile, Lanes, TileMode.Replace);
            for (var i = 0; i < Math.Min(Lanes, _items.Count - first); i++)
            {
                Lanes16.AddScaled(tile + (i * Lanes), _degrees[first + i], _items.Start + ((nint)(first + i) * Lanes));
            }
        }

        GC.KeepAlive(_panels);
    }
}
