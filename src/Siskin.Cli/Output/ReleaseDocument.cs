using Siskin.Serving.Releases;
using Siskin.Vectors;

namespace Siskin.Cli.Output;

/// <summary>What <c>siskin release list --json</c> prints for a release.</summary>
internal sealed record ReleaseDocument
{
    public required int Number { get; init; }

    public int? Parent { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public long? Bytes { get; init; }

    public IReadOnlyDictionary<string, double>? Metrics { get; init; }

    public required bool IsActive { get; init; }

    public required bool IsPinned { get; init; }

    public required bool IsPrevious { get; init; }

    /// <summary>What its gate said: held, passed or refused; null when none has seen it.</summary>
    public string? Gate { get; init; }

    public string? GateReason { get; init; }

    /// <summary>Why its manifest cannot be read; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>All of a store, newest first.</summary>
    public static ReleaseDocument[] All(ReleaseStore store)
    {
        var choice = store.Choose();
        return [.. store.List().Reverse().Select(number => Of(store, number, choice))];
    }

    private static ReleaseDocument Of(ReleaseStore store, int number, ReleaseChoice choice)
    {
        var gate = store.ReadGate(number);
        var document = new ReleaseDocument
        {
            Number = number,
            IsActive = number == choice.Active,
            IsPinned = number == choice.Active && choice.IsPinned,
            IsPrevious = number == choice.Previous,
            Gate = gate?.State.ToString().ToLowerInvariant(),
            GateReason = gate?.Reason,
        };
        try
        {
            var manifest = store.ReadManifest(number);
            return document with { Parent = manifest.Parent, CreatedAt = manifest.CreatedAt, Bytes = manifest.Files.Sum(file => file.Bytes), Metrics = manifest.Metrics };
        }
        catch (ModelFormatException e)
        {
            return document with { Fault = e.Message };
        }
    }
}
