using Siskin.Data.Events;

namespace Siskin.Data.Datasets.Tabular;

/// <summary>How to read a table of items, users or events from a CSV or JSON Lines file.</summary>
public sealed record TabularOptions
{
    /// <summary>What the rows are.</summary>
    /// <value>Events.</value>
    public DatasetKind Kind { get; init; } = DatasetKind.Events;

    /// <summary>Which column each field comes from, as <see cref="ColumnMapping"/> describes.</summary>
    /// <value>
    /// Null: each field from the column of its own name; in JSON Lines, the time and the value only when one of the first
    /// 1,000 rows has them.
    /// </value>
    public string? Mapping { get; init; }

    /// <summary>What stands between columns of a CSV file.</summary>
    /// <value>Null: a tab for files named <c>*.tsv</c> or <c>*.tab</c>, else a comma.</value>
    public char? Delimiter { get; init; }

    /// <summary>Whether the first row of a CSV file names the columns.</summary>
    /// <value>True; when false, the mapping names columns by number from 1.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>How times are written.</summary>
    /// <value>Found out for each column.</value>
    public TimeFormat TimeFormat { get; init; } = TimeFormat.Detect;

    /// <summary>What stands between tags, and between friends; a JSON array is understood as well.</summary>
    /// <value>A bar.</value>
    public char TagSeparator { get; init; } = '|';

    /// <summary>Other names for event types: what the file says, and the type meant.</summary>
    /// <value>None. For example <c>addtocart</c> for <c>cart</c>.</value>
    public IReadOnlyDictionary<string, string> EventTypeNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Event types that are allowed.</summary>
    /// <value>The common ones.</value>
    public IReadOnlyList<EventTypeDefinition> EventTypes { get; init; } = EventTypeDefinition.Common;

    /// <summary>Name of the data set, from which event ids are made among other things.</summary>
    /// <value>Null: the file's name without its folder.</value>
    public string? Name { get; init; }
}
