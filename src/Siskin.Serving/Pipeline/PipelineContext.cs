using Siskin.Serving.Recall;
using Siskin.Serving.ReRank;

namespace Siskin.Serving.Pipeline;

/// <summary>The working memory of one request, pooled.</summary>
internal sealed class PipelineContext
{
    public RecallContext Recall { get; } = new();

    public ReRankStage ReRank { get; } = new();
}
