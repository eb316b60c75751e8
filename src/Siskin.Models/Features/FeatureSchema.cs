namespace Siskin.Models.Features;

/// <summary>Says which columns become features, labels and the group; immutable.</summary>
public sealed record FeatureSchema
{
    /// <summary>The features, in the order that models see them.</summary>
    public required IReadOnlyList<FeatureField> Fields { get; init; }

    /// <summary>Columns of numbers that hold the tasks' labels: click, conversion, …</summary>
    /// <value>One, <c>label</c>.</value>
    public IReadOnlyList<string> Labels { get; init; } = ["label"];

    /// <summary>Column of texts by which metrics group rows, as a rule the user; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>Checks names, settings and shared vocabularies.</summary>
    /// <exception cref="ArgumentException">Something is wrong; the message names everything.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        var seen = new Dictionary<string, FeatureField>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            if (string.IsNullOrEmpty(field.Name))
            {
                problems.Add("a feature has no name");
                continue;
            }

            if (Problem(field, seen) is { } problem)
            {
                problems.Add($"feature '{field.Name}': {problem}");
            }

            if (!seen.TryAdd(field.Name, field))
            {
                problems.Add($"feature '{field.Name}': the name is taken");
            }
        }

        if (Fields.Count == 0)
        {
            problems.Add("there are no features");
        }

        if (Labels.Count != Labels.Distinct(StringComparer.Ordinal).Count())
        {
            problems.Add("a label is named twice");
        }

        if (problems.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", problems));
        }
    }

    private static string? Problem(FeatureField field, Dictionary<string, FeatureField> earlier) => field switch
    {
        DenseField { Transform: < DenseTransform.Standardize or > DenseTransform.None } => "the transform is none of the known",
        BucketField { Buckets: < 2 or > 65_536 } bucket => $"{bucket.Buckets} buckets; 2 to 65,536 are allowed",
        TokenField { MinCount: < 1 } token => $"a minimal count of {token.MinCount}; at least 1 is allowed",
        TokenField { HashBuckets: < 0 } token => $"{token.HashBuckets} hash buckets; 0 or more are allowed",
        TokenField { VocabularyOf: { } owner } when !earlier.TryGetValue(owner, out var other) || other is not TokenField { VocabularyOf: null } =>
            $"shares the vocabulary of '{owner}', which is no earlier token feature with its own",
        MultiHotField { MaxLength: < 1 } list => $"a maximal length of {list.MaxLength}; at least 1 is allowed",
        SequenceField { MaxLength: < 1 } list => $"a maximal length of {list.MaxLength}; at least 1 is allowed",
        _ => null,
    };
}
