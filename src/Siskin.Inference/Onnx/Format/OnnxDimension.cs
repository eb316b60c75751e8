namespace Siskin.Inference.Onnx.Format;

/// <summary>A dimension of an input or output: a size, or a name for one that is known only when the model runs.</summary>
/// <param name="Size">The size; null when there is a name, or nothing is known.</param>
/// <param name="Name">The name; equal names stand for equal sizes.</param>
internal readonly record struct OnnxDimension(long? Size, string? Name)
{
    public static implicit operator OnnxDimension(long size) => new(size, null);

    public static implicit operator OnnxDimension(string name) => new(null, name);

    public void Write(ProtoWriter writer)
    {
        if (Size is { } size)
        {
            writer.Int64(1, size);
        }

        writer.String(2, Name);
    }

    public static OnnxDimension Read(ProtoReader reader)
    {
        var dimension = default(OnnxDimension);
        for (var field = reader.Next(); field > 0; field = reader.Next())
        {
            dimension = field switch
            {
                1 => reader.Int64(),
                2 => reader.String(),
                _ => dimension,
            };
        }

        return dimension;
    }
}
