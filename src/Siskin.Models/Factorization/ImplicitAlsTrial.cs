using Siskin.Models.Evaluation;

namespace Siskin.Models.Factorization;

/// <summary>One setting that <see cref="ImplicitAlsTuner"/> tried.</summary>
/// <param name="Options">The setting; its epochs are those trained in all when it was judged.</param>
/// <param name="Metric">What it was judged by; higher is better.</param>
/// <param name="Figures">All figures on the validation part.</param>
/// <param name="Elapsed">Time since tuning began.</param>
public sealed record ImplicitAlsTrial(ImplicitAlsOptions Options, double Metric, RankingAtK Figures, TimeSpan Elapsed);
