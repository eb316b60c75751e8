using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Siskin.Storage.EventLog;

/// <summary>How a <see cref="LocalEventLog"/> trades memory, files and idempotence.</summary>
public sealed record EventLogOptions
{
    /// <summary>A segment that has reached this size is sealed before the next group of appends is written.</summary>
    /// <value>
    /// 64 MiB. Memory grows with it: each id of the active segment takes 24 to 48 bytes, which is about half of the
    /// segment's size for events with much in them and up to twice its size for the smallest, and as much again for the
    /// moment in which it is sealed. An id that is new is looked for in every segment within the horizon, so small
    /// segments cost time.
    /// </value>
    [Range(256L, 1L << 34)]
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Appends that may wait for the writer; further ones wait outside.</summary>
    /// <value>1,024.</value>
    [Range(1, 1 << 20)]
    public int QueuedAppends { get; init; } = 1_024;

    /// <summary>Encoded size from which on no further waiting append joins a group.</summary>
    /// <value>4 MiB.</value>
    [Range(1, 1 << 28)]
    public int GroupBytes { get; init; } = 4 << 20;

    /// <summary>For how long after its append an event's id is known for certain; afterwards it may be forgotten.</summary>
    /// <value>7 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan IdempotenceHorizon { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Throws with every finding when a value is out of its range.</summary>
    internal void Validate()
    {
        var findings = new List<ValidationResult>();
        if (!Validator.TryValidateObject(this, new ValidationContext(this), findings, validateAllProperties: true))
        {
            throw new ArgumentException(string.Join(" ", findings.Select(Describe)));
        }
    }

    private string Describe(ValidationResult finding)
    {
        var value = typeof(EventLogOptions).GetProperty(finding.MemberNames.First())!.GetValue(this);
        return string.Create(CultureInfo.InvariantCulture, $"{finding.ErrorMessage} It is {value}.");
    }
}
