using Siskin.Inference.Onnx.Format;

namespace Siskin.Tests.Inference.Onnx;

/// <summary>A tensor of the interpreter: its type, its shape, and its numbers row-major, whatever the type.</summary>
internal sealed record OnnxArray(OnnxElementType Type, int[] Shape, double[] Values)
{
    public static OnnxArray Of(OnnxElementType type, int[] shape, IEnumerable<double> values)
    {
        var array = new OnnxArray(type, shape, [.. values]);
        Assert.Equal(Size(shape), array.Values.Length);
        return array;
    }

    public static OnnxArray Floats(int[] shape, IEnumerable<float> values) => Of(OnnxElementType.Float, shape, values.Select(v => (double)v));

    public static OnnxArray Int64s(int[] shape, IEnumerable<int> values) => Of(OnnxElementType.Int64, shape, values.Select(v => (double)v));

    public static OnnxArray Of(OnnxTensor tensor) => Of(
        tensor.ElementType,
        [.. tensor.Dimensions.Select(d => (int)d)],
        tensor.ElementType == OnnxElementType.Float ? tensor.Floats.ToArray().Select(v => (double)v) : tensor.Int64s.ToArray().Select(v => (double)v));

    public static int Size(IEnumerable<int> shape) => shape.Aggregate(1, (product, size) => product * size);

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis) => checked((int)(axis < 0 ? axis + Shape.Length : axis));

    /// <summary>The numbers as whole ones.</summary>
    public int[] Whole()
    {
        Assert.Equal(OnnxElementType.Int64, Type);
        return [.. Values.Select(v => (int)v)];
    }

    /// <summary>The sizes before an axis, of it, and behind it.</summary>
    public (int Before, int Size, int Behind) Around(int axis) => (Size(Shape.Take(axis)), Shape[axis], Size(Shape.Skip(axis + 1)));

    /// <summary>The part at one place of an axis, which is dropped.</summary>
    public OnnxArray At(int axis, int place)
    {
        var (before, size, behind) = Around(axis);
        var values = new double[before * behind];
        for (var i = 0; i < before; i++)
        {
            Array.Copy(Values, ((i * size) + place) * behind, values, i * behind, behind);
        }

        return new OnnxArray(Type, [.. Shape.Where((_, a) => a != axis)], values);
    }

    /// <summary>Arrays of one shape along a new axis.</summary>
    public static OnnxArray Stack(IReadOnlyList<OnnxArray> parts, int axis)
    {
        int[] shape = [.. parts[0].Shape[..axis], parts.Count, .. parts[0].Shape[axis..]];
        var result = new OnnxArray(parts[0].Type, shape, new double[Size(shape)]);
        var (before, size, behind) = result.Around(axis);
        for (var place = 0; place < size; place++)
        {
            for (var i = 0; i < before; i++)
            {
                Array.Copy(parts[place].Values, i * behind, result.Values, ((i * size) + place) * behind, behind);
            }
        }

        return result;
    }
}
