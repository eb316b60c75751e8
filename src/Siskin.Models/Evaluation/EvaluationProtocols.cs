namespace Siskin.Models.Evaluation;

/// <summary>Names of the published protocols, as tables and commands use them.</summary>
public static class EvaluationProtocols
{
    /// <summary>The files' own train and test; all items ranked, training items left out: <see cref="FullRanking"/>. He et al. 2020.</summary>
    public const string LightGcnSplit = "lightgcn-split";

    /// <summary>One item a user among 99 given negatives; HR@10, NDCG@10: <see cref="LeaveOneOutRanking.AmongNegatives"/>. He et al. 2017.</summary>
    public const string LeaveOneOut99 = "leave-one-out-99";

    /// <summary>
    /// The last item of a user among all items, those of the user's history left out; HR@10, NDCG@10:
    /// <see cref="LeaveOneOutRanking.AmongAll"/>. Zhou et al. 2020 (S3-Rec).
    /// </summary>
    public const string LeaveOneOutFull = "leave-one-out-full";

    /// <summary>One moment cuts train from test: <see cref="DataSplits.GlobalTemporal"/>, or a <see cref="Features.ClickDataset"/> that is temporal.</summary>
    public const string Temporal = "temporal";
}
