namespace Siskin.Models.Graph;

/// <summary>How a parameter changes in training.</summary>
internal enum ParameterKind
{
    /// <summary>All of it at each step.</summary>
    Dense,

    /// <summary>Rows that a batch touches.</summary>
    Table,

    /// <summary>By its operator, not by gradients: running means.</summary>
    Statistics,
}
