using System.Buffers;
using Siskin.Data.Events;

namespace Siskin.Storage.EventLog;

/// <summary>A batch made ready by the appending thread: the frame without its header's fields, and the ids' hashes.</summary>
/// <remarks>Owns pooled memory; return it once.</remarks>
internal sealed class EncodedBatch(Event[] events, byte[] frame, int length, ulong payloadHash, UInt128[] idHashes)
{
    /// <summary>The events, in order.</summary>
    public Event[] Events { get; } = events;

    /// <summary>Hash of each event's id; as long as <see cref="Events"/>.</summary>
    public UInt128[] IdHashes { get; } = idHashes;

    /// <summary>Length of header and payload.</summary>
    public int Length { get; } = length;

    /// <summary>Completes the header.</summary>
    /// <returns>The frame; valid until <see cref="Return"/>.</returns>
    public ReadOnlyMemory<byte> Seal(long groupStart, long appendedMs)
    {
        EventFrame.WriteHeader(frame.AsSpan(0, Length), payloadHash, groupStart, appendedMs);
        return frame.AsMemory(0, Length);
    }

    /// <summary>Gives the memory back.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(frame);
}
