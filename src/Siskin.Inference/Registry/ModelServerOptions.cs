namespace Siskin.Inference.Registry;

/// <summary>How a model server looks for models.</summary>
public sealed record ModelServerOptions
{
    /// <summary>Between two looks for new versions, labels and policies.</summary>
    /// <value>1 s.</value>
    public TimeSpan Period { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many of a model's recent requests are kept, for its next version to be warmed up with.</summary>
    /// <value>16.</value>
    public int WarmUpRequests { get; init; } = 16;

    /// <summary>How often a new version runs each of them before it answers.</summary>
    /// <value>4.</value>
    public int WarmUpRounds { get; init; } = 4;
}
