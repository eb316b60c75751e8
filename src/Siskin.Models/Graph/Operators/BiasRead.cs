namespace Siskin.Models.Graph.Operators;

/// <summary>One trained number for every example.</summary>
internal sealed unsafe class BiasRead(Node output, Parameter value) : Operator(output)
{
    public override IReadOnlyList<Parameter> Parameters { get; } = [value];

    public Parameter Value => value;

    public override void Forward(Workspace workspace) => new Span<float>(workspace.Values(Output), workspace.Count).Fill(*value.Values);

    public override void Backward(Workspace workspace) => MatrixMath.AddColumnSums(workspace.Gradients(Output), workspace.Count, 1, workspace.Gradients(value));
}
