namespace Siskin.Models.Evaluation;

/// <summary>Adds up over users how recall channels overlap and what each finds. Not for concurrent use.</summary>
public sealed class ChannelEvaluator
{
    private readonly string[] _names;
    private readonly double[] _recall;
    private readonly double[] _marginal;
    private readonly long[] _hits;
    private readonly long[] _exclusive;
    private readonly long[] _lengths;
    private readonly int[] _served;
    private readonly double[] _containment;
    private readonly double[] _jaccard;
    private readonly int[] _pairs;
    private readonly HashSet<int>[] _lists;
    private double _union;
    private int _users;

    /// <summary>Starts with no users.</summary>
    /// <param name="names">The channels.</param>
    public ChannelEvaluator(IReadOnlyList<string> names)
    {
        var n = names.Count;
        _names = [.. names];
        (_recall, _marginal, _hits, _exclusive) = (new double[n], new double[n], new long[n], new long[n]);
        (_lengths, _served) = (new long[n], new int[n]);
        (_containment, _jaccard, _pairs) = (new double[n * n], new double[n * n], new int[n * n]);
        _lists = new HashSet<int>[n];
        for (var i = 0; i < n; i++)
        {
            _lists[i] = [];
        }
    }

    /// <summary>Adds one user. A user whose truth is empty is left out of everything.</summary>
    /// <param name="lists">One list for each channel, in the channels' order; repeated items count once, negative ids not at all.</param>
    /// <param name="truth">Distinct items that the user really took.</param>
    /// <exception cref="ArgumentException">Not one list for each channel.</exception>
    /// <remarks>O(channels² · length).</remarks>
    public void Add(ReadOnlySpan<ReadOnlyMemory<int>> lists, ReadOnlySpan<int> truth)
    {
        if (lists.Length != _names.Length)
        {
            throw new ArgumentException($"{lists.Length} lists for {_names.Length} channels", nameof(lists));
        }

        if (truth.IsEmpty)
        {
            return;
        }

        _users++;
        for (var i = 0; i < lists.Length; i++)
        {
            _lists[i].Clear();
            foreach (var item in lists[i].Span)
            {
                if (item >= 0)
                {
                    _lists[i].Add(item);
                }
            }

            _lengths[i] += _lists[i].Count;
            _served[i] += _lists[i].Count > 0 ? 1 : 0;
        }

        AddHits(truth);
        AddOverlaps();
    }

    /// <summary>The figures of the users added so far; all zero without any.</summary>
    public ChannelReport Report()
    {
        var channels = new ChannelFigures[_names.Length];
        for (var i = 0; i < channels.Length; i++)
        {
            channels[i] = new ChannelFigures
            {
                Name = _names[i],
                Recall = Ratio(_recall[i], _users),
                MarginalRecall = Ratio(_marginal[i], _users),
                Hits = _hits[i],
                ExclusiveHits = _exclusive[i],
                MeanLength = Ratio(_lengths[i], _users),
                UserCoverage = Ratio(_served[i], _users),
            };
        }

        var containment = new double[_pairs.Length];
        var jaccard = new double[_pairs.Length];
        for (var pair = 0; pair < _pairs.Length; pair++)
        {
            containment[pair] = Ratio(_containment[pair], _pairs[pair]);
            jaccard[pair] = Ratio(_jaccard[pair], _pairs[pair]);
        }

        return new ChannelReport { Users = _users, UnionRecall = Ratio(_union, _users), Channels = channels, Containment = containment, Jaccard = jaccard };
    }

    private static double Ratio(double sum, int count) => count == 0 ? 0 : sum / count;

    private void AddHits(ReadOnlySpan<int> truth)
    {
        foreach (var item in truth)
        {
            var (finders, last) = (0, -1);
            for (var i = 0; i < _lists.Length; i++)
            {
                if (_lists[i].Contains(item))
                {
                    finders++;
                    last = i;
                    _hits[i]++;
                    _recall[i] += 1.0 / truth.Length;
                }
            }

            if (finders > 0)
            {
                _union += 1.0 / truth.Length;
            }

            if (finders == 1)
            {
                _exclusive[last]++;
                _marginal[last] += 1.0 / truth.Length;
            }
        }
    }

    private void AddOverlaps()
    {
        for (var a = 0; a < _lists.Length; a++)
        {
            for (var b = 0; b < _lists.Length; b++)
            {
                if (_lists[a].Count == 0 || _lists[b].Count == 0)
                {
                    continue;
                }

                var common = 0;
                foreach (var item in _lists[a])
                {
                    common += _lists[b].Contains(item) ? 1 : 0;
                }

                var pair = (a * _lists.Length) + b;
                _pairs[pair]++;
                _containment[pair] += (double)common / Math.Min(_lists[a].Count, _lists[b].Count);
                _jaccard[pair] += (double)common / (_lists[a].Count + _lists[b].Count - common);
            }
        }
    }
}
