using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Siskin.Serving.Releases;

/// <summary>Which release the servers of a folder serve: <c>active.json</c>.</summary>
/// <remarks>Written by whoever activates a release, watched by servers. Without the file, servers follow the newest release.</remarks>
public sealed record ReleasePin
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>Format of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>Whether servers stay with <see cref="Active"/>; else they follow the newest release that its gate lets pass.</summary>
    public required bool IsPinned { get; init; }

    /// <summary>Number of the release that the change made active; 0 when there was none.</summary>
    public required int Active { get; init; }

    /// <summary>Number of the release that was active before; 0 when none was.</summary>
    public required int Previous { get; init; }

    /// <summary>When it was changed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>XxHash64 of all the rest, in hex: tells a file that was written half, or by hand.</summary>
    public string Check { get; init; } = string.Empty;

    /// <summary>The check that belongs to the rest.</summary>
    internal string ExpectedCheck
    {
        get
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{Format} {IsPinned} {Active} {Previous} {ChangedAt.ToUnixTimeMilliseconds()}");
            return XxHash64.HashToUInt64(Encoding.ASCII.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);
        }
    }
}
