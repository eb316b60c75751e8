using System.Globalization;

namespace Siskin.Storage.EventLog;

/// <summary>One file of the log: the batches from one position up to the start of the next segment.</summary>
internal sealed class EventSegment(string folder, long start)
{
    private volatile IEventIds? _ids;

    /// <summary>Position of the first batch.</summary>
    public long Start { get; } = start;

    /// <summary>The segment's file.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, Name(start) + ".log");

    /// <summary>The file with its sorted ids.</summary>
    public string IdsPath { get; } = System.IO.Path.Combine(folder, Name(start) + ".ids");

    /// <summary>Wall time of the newest append, unix ms.</summary>
    public long NewestAppendMs { get; set; } = long.MinValue;

    /// <summary>The segment's ids while they are within the horizon: in memory, and on disk once sealed.</summary>
    public IEventIds? Ids
    {
        get => _ids;
        set => _ids = value;
    }

    /// <summary>Place of a position in the file.</summary>
    public long OffsetOf(long position) => position - Start + EventFrame.SegmentHeaderBytes;

    /// <summary>The segments of a folder, in order of position.</summary>
    public static List<EventSegment> List(string folder)
    {
        var segments = new List<EventSegment>();
        foreach (var path in Directory.EnumerateFiles(folder, "*.log"))
        {
            var name = System.IO.Path.GetFileNameWithoutExtension(path);
            if (name.Length == 20 && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            {
                segments.Add(new(folder, start));
            }
        }

        segments.Sort((a, b) => a.Start.CompareTo(b.Start));
        if (segments.Count > 0 && segments[0].Start != 0)
        {
            throw new InvalidDataException($"'{folder}' lacks the segment that starts at 0; the first one there is '{segments[0].Path}'.");
        }

        return segments;
    }

    private static string Name(long start) => start.ToString("D20", CultureInfo.InvariantCulture);
}
