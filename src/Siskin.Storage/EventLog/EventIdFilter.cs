namespace Siskin.Storage.EventLog;

/// <summary>A blocked Bloom filter: says for certain that an id is not in a segment, or that it may be.</summary>
/// <remarks>
/// 12 bits per id, six of them set inside one 512-bit block, so that a lookup costs one cache miss; about 0.5 % of
/// absent ids pass. Putze, Sanders and Singler 2007. Safe for concurrent reads once filled.
/// </remarks>
internal sealed class EventIdFilter
{
    private const int BitsPerId = 12;
    private const int BitsPerBlock = 512;
    private const int Probes = 6;

    private readonly ulong[] _bits;
    private readonly uint _blocks;

    /// <summary>An empty filter.</summary>
    /// <param name="capacity">Ids that will be added.</param>
    public EventIdFilter(int capacity)
    {
        _blocks = (uint)((((long)capacity * BitsPerId) + BitsPerBlock - 1) / BitsPerBlock) + 1;
        _bits = new ulong[_blocks * (BitsPerBlock / 64)];
    }

    /// <summary>Adds an id's hash.</summary>
    public void Add(UInt128 idHash)
    {
        var block = Block(idHash);
        var probes = (ulong)idHash;
        for (var i = 0; i < Probes; i++)
        {
            _bits[block + (int)((probes >> 6) & 7)] |= 1UL << (int)(probes & 63);
            probes >>= 9;
        }
    }

    /// <summary>False when the id was certainly not added.</summary>
    public bool MayContain(UInt128 idHash)
    {
        var block = Block(idHash);
        var probes = (ulong)idHash;
        for (var i = 0; i < Probes; i++)
        {
            if ((_bits[block + (int)((probes >> 6) & 7)] & (1UL << (int)(probes & 63))) == 0)
            {
                return false;
            }

            probes >>= 9;
        }

        return true;
    }

    // The upper half picks the block and the lower half the bits, so that the two are independent.
    private int Block(UInt128 hash) => (int)((((ulong)(hash >> 64) >> 32) * _blocks) >> 32) * (BitsPerBlock / 64);
}
