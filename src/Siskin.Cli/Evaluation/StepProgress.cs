using Siskin.Cli.Output;
using Siskin.Offline.Jobs;

namespace Siskin.Cli.Evaluation;

/// <summary>Shows the steps of a training or an evaluation, on the thread that reports them.</summary>
internal sealed class StepProgress(WorkDisplay display) : IProgress<TrainingStep>
{
    public void Report(TrainingStep value) => display.Report(value.Name, value.Fraction);
}
