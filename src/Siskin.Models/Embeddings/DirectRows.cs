namespace Siskin.Models.Embeddings;

/// <summary>Plain skip-gram: the hidden vector is the item's own row.</summary>
internal sealed unsafe class DirectRows(AlignedRows rows) : HiddenRows
{
    public override float* Load(int row, float* scratch) => rows.Row(row);

    public override void Apply(int row, float* gradient, float* scratch) =>
        SkipGramKernel.AddScaled(rows.Row(row), gradient, rows.Stride, 1);

    public override void Prefetch(int row) => SkipGramKernel.Prefetch(rows.Row(row), rows.Stride);
}
