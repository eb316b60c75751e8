namespace Siskin.Models.Graph.Serving;

/// <summary>An operator as it is, over candidates whose inputs lie in the session's workspace.</summary>
internal sealed class OperatorStep(Operator op) : CrossStep
{
    public override void Run(ServingSession session) => op.Forward(session.Cross);
}
