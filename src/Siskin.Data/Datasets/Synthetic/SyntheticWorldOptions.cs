using System.ComponentModel.DataAnnotations;

namespace Siskin.Data.Datasets.Synthetic;

/// <summary>How large a synthetic world is, and which of all possible ones.</summary>
public sealed record SyntheticWorldOptions
{
    /// <summary>How many users.</summary>
    /// <value>5,000; 1 to 10,000,000.</value>
    [Range(1, 10_000_000)]
    public int Users { get; init; } = 5_000;

    /// <summary>How many items, those included that come into being while events happen.</summary>
    /// <value>2,000; 50 to 10,000,000.</value>
    [Range(50, 10_000_000)]
    public int Items { get; init; } = 2_000;

    /// <summary>How many events of all types together.</summary>
    /// <value>300,000; at most a quarter of users × items, so that nobody runs out of items.</value>
    [Range(0, long.MaxValue)]
    public long Events { get; init; } = 300_000;

    /// <summary>Which world: equal options give equal worlds, on every platform.</summary>
    /// <value>1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>When the first events happen.</summary>
    /// <value>1 January 2025, UTC.</value>
    public DateTimeOffset Start { get; init; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many days the events take, within a few percent.</summary>
    /// <value>90; 1 to 3,650.</value>
    [Range(1, 3_650)]
    public int Days { get; init; } = 90;

    /// <summary>Throws when a value is not allowed; the message names every such value.</summary>
    /// <exception cref="ArgumentException">At least one value is out of range.</exception>
    internal void Validate()
    {
        var errors = new List<string>();
        Check(nameof(Users), Users, 1, 10_000_000);
        Check(nameof(Items), Items, 50, 10_000_000);
        Check(nameof(Days), Days, 1, 3_650);
        Check(nameof(Events), Events, 0, (long)Users * Items / 4);
        if (Start.UtcDateTime.Year is < 1910 or > 2180)
        {
            errors.Add($"Start is {Start:O}; 1910 to 2180 is allowed");
        }

        if (errors.Count > 0)
        {
            throw new ArgumentException("Synthetic world: " + string.Join("; ", errors) + ".");
        }

        void Check(string name, long value, long min, long max)
        {
            if (value < min || value > max)
            {
                errors.Add($"{name} is {value}; {min} to {max} is allowed");
            }
        }
    }
}
