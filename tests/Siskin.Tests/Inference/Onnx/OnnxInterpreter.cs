using Siskin.Inference.Onnx.Format;

namespace Siskin.Tests.Inference.Onnx;

/// <summary>Runs ONNX graphs of the operators that the exporter uses, in plain loops and double precision, and is strict about types and shapes.</summary>
internal static class OnnxInterpreter
{
    public static Dictionary<string, OnnxArray> Run(OnnxModel model, Dictionary<string, OnnxArray> inputs)
    {
        Assert.Equal(model.Graph.Inputs.Select(input => input.Name).Order(), inputs.Keys.Order());
        var sizes = new Dictionary<string, int>();
        foreach (var declared in model.Graph.Inputs)
        {
            CheckType(declared, inputs[declared.Name], sizes);
        }

        var values = Run(model.Graph, inputs, null);
        foreach (var declared in model.Graph.Outputs)
        {
            CheckType(declared, values[declared.Name], sizes);
        }

        return model.Graph.Outputs.ToDictionary(output => output.Name, output => values[output.Name]);
    }

    private static void CheckType(OnnxValue declared, OnnxArray value, Dictionary<string, int> sizes)
    {
        Assert.Equal(declared.ElementType, value.Type);
        Assert.Equal(declared.Dimensions!.Count, value.Shape.Length);
        for (var i = 0; i < value.Shape.Length; i++)
        {
            var (size, name) = declared.Dimensions[i];
            Assert.Equal(size ?? (sizes.TryAdd(name!, value.Shape[i]) ? value.Shape[i] : sizes[name!]), value.Shape[i]);
        }
    }

    private static Dictionary<string, OnnxArray> Run(OnnxGraph graph, Dictionary<string, OnnxArray> inputs, Dictionary<string, OnnxArray>? outer)
    {
        var values = new Dictionary<string, OnnxArray>(outer ?? []);
        foreach (var (name, value) in inputs.Concat(graph.Initializers.Select(tensor => KeyValuePair.Create(tensor.Name, OnnxArray.Of(tensor)))))
        {
            values.Add(name, value);
        }

        foreach (var node in graph.Nodes)
        {
            Assert.Equal("", node.Domain);
            OnnxArray[] x = [.. node.Inputs.Select(input => values[input])];
            OnnxArray[] y = node.Operator switch
            {
                "Scan" => Scan(node, x, values),
                "Split" => Split(x[0], x[0].Axis((long)node["axis"]!), x[1].Whole()),
                _ => [Run(node, x)],
            };
            Assert.Equal(node.Outputs.Count, y.Length);
            for (var i = 0; i < y.Length; i++)
            {
                values.Add(node.Outputs[i], y[i]);
            }
        }

        return values;
    }

    private static OnnxArray Run(OnnxNode node, OnnxArray[] x) => node.Operator switch
    {
        "Add" => Each(Float, (v) => v[0] + v[1], x),
        "Sub" => Each(x[0].Type, (v) => v[0] - v[1], x),
        "Mul" => Each(Float, (v) => v[0] * v[1], x),
        "Div" => Each(Float, (v) => v[0] / v[1], x),
        "Sum" => Each(Float, (v) => v.Sum(), x),
        "Max" => Each(x[0].Type, (v) => v.Max(), x),
        "GreaterOrEqual" => Each(x[0].Type, (v) => v[0] >= v[1] ? 1 : 0, x) with { Type = OnnxElementType.Bool },
        "Equal" => Each(x[0].Type, (v) => v[0] == v[1] ? 1 : 0, x) with { Type = OnnxElementType.Bool },
        "And" => Each(OnnxElementType.Bool, (v) => v[0] * v[1], x),
        "Neg" => Each(Float, (v) => -v[0], x),
        "Exp" => Each(Float, (v) => Math.Exp(v[0]), x),
        "Log" => Each(Float, (v) => Math.Log(v[0]), x),
        "Relu" => Each(Float, (v) => Math.Max(v[0], 0), x),
        "Sigmoid" => Each(Float, (v) => 1 / (1 + Math.Exp(-v[0])), x),
        "Tanh" => Each(Float, (v) => Math.Tanh(v[0]), x),
        "Sqrt" => Each(Float, (v) => Math.Sqrt(v[0]), x),
        "PRelu" => Each(Float, (v) => v[0] < 0 ? v[0] * v[1] : v[0], x),
        "Identity" => x[0],
        "Where" => Where(x),
        "Cast" => x[0] with { Type = (OnnxElementType)(long)node["to"]! },
        "Shape" => Shape(node, x[0]),
        "Expand" => Each(x[0].Type, (v) => v[0], x[0], OnnxArray.Of(x[0].Type, x[1].Whole(), new double[OnnxArray.Size(x[1].Whole())])),
        "Unsqueeze" => Unsqueeze(x[0], Assert.Single(x[1].Whole())),
        "Squeeze" => Squeeze(x[0], Assert.Single(x[1].Whole())),
        "Reshape" => Reshape(x[0], x[1].Whole()),
        "Transpose" => Transpose(x[0], (long[])node["perm"]!),
        "Pad" => Pad(x[0], x[1].Whole(), Assert.Single(x[2].Whole())),
        "Concat" => Concat(x, x[0].Axis((long)node["axis"]!)),
        "Slice" => Gather(x[0], x[0].Axis(Assert.Single(x[3].Whole())), OnnxArray.Int64s([x[2].Whole()[0] - x[1].Whole()[0]], Enumerable.Range(x[1].Whole()[0], x[2].Whole()[0] - x[1].Whole()[0]))),
        "Gather" => Gather(x[0], x[0].Axis((long?)node["axis"] ?? 0), x[1]),
        "MatMul" => MatMul(x[0], x[1]),
        "ReduceSum" => Reduce(x[0], Assert.Single(x[1].Whole()), (long?)node["keepdims"] ?? 1, isMean: false),
        "ReduceMean" => Reduce(x[0], Assert.Single((long[])node["axes"]!), (long?)node["keepdims"] ?? 1, isMean: true),
        "ReduceMax" => Largest(x[0], Assert.Single((long[])node["axes"]!)),
        "CumSum" => SumFromHere(x[0], Scalar(x[1]), (long)node["reverse"]!),
        "Range" => Count(Scalar(x[0]), Scalar(x[1]), Scalar(x[2])),
        "Softmax" => Softmax(x[0], x[0].Axis((long?)node["axis"] ?? -1)),
        _ => throw new NotSupportedException($"{node.Operator} ({node.Name})"),
    };

    private static OnnxElementType Float => OnnxElementType.Float;

    // Element by element, shapes aligned at their ends and sizes of 1 repeated.
    private static OnnxArray Each(OnnxElementType type, Func<double[], double> f, params OnnxArray[] x)
    {
        Assert.All(x, array => Assert.Equal(type, array.Type));
        return Broadcast(type, f, x);
    }

    private static OnnxArray Broadcast(OnnxElementType type, Func<double[], double> f, params OnnxArray[] x)
    {
        var shape = new int[x.Max(array => array.Shape.Length)];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var sizes = x.Select(array => axis - shape.Length + array.Shape.Length).Zip(x, (a, array) => a < 0 ? 1 : array.Shape[a]).Distinct().Where(size => size != 1).ToArray();
            Assert.True(sizes.Length <= 1, $"sizes {string.Join(", ", sizes)} do not fit");
            shape[axis] = sizes.Length == 1 ? sizes[0] : 1;
        }

        var result = new double[OnnxArray.Size(shape)];
        var (place, arguments) = (new int[shape.Length], new double[x.Length]);
        for (var i = 0; i < result.Length; i++)
        {
            for (var (axis, rest) = (shape.Length - 1, i); axis >= 0; axis--)
            {
                (place[axis], rest) = (rest % shape[axis], rest / shape[axis]);
            }

            for (var a = 0; a < x.Length; a++)
            {
                var at = 0;
                for (var axis = 0; axis < x[a].Shape.Length; axis++)
                {
                    var size = x[a].Shape[axis];
                    at = (at * size) + (size == 1 ? 0 : place[axis + shape.Length - x[a].Shape.Length]);
                }

                arguments[a] = x[a].Values[at];
            }

            result[i] = f(arguments);
        }

        return new OnnxArray(type, shape, result);
    }

    private static OnnxArray Where(OnnxArray[] x)
    {
        Assert.Equal(OnnxElementType.Bool, x[0].Type);
        Assert.Equal(x[1].Type, x[2].Type);
        return Broadcast(x[1].Type, v => v[0] != 0 ? v[1] : v[2], x);
    }

    private static OnnxArray Shape(OnnxNode node, OnnxArray x)
    {
        int[] part = x.Shape[(int)((long?)node["start"] ?? 0)..(int)((long?)node["end"] ?? x.Shape.Length)];
        return OnnxArray.Int64s([part.Length], part);
    }

    private static OnnxArray Unsqueeze(OnnxArray x, int axis)
    {
        var at = axis < 0 ? axis + x.Shape.Length + 1 : axis;
        return x with { Shape = [.. x.Shape[..at], 1, .. x.Shape[at..]] };
    }

    private static OnnxArray Squeeze(OnnxArray x, int axis)
    {
        Assert.Equal(1, x.Shape[x.Axis(axis)]);
        return x with { Shape = [.. x.Shape.Where((_, a) => a != x.Axis(axis))] };
    }

    private static OnnxArray Reshape(OnnxArray x, int[] shape) => OnnxArray.Of(x.Type, [.. shape.Select((size, axis) => size == 0 ? x.Shape[axis] : size)], x.Values);

    private static OnnxArray Pad(OnnxArray x, int[] pads, int value)
    {
        // Matrices of ids, behind their rows.
        Assert.Equal([0, 0, 0], pads[..3]);
        var (rows, columns, all) = (x.Shape[0], x.Shape[1], x.Shape[1] + pads[3]);
        return OnnxArray.Int64s([rows, all], Enumerable.Range(0, rows * all).Select(i => i % all < columns ? x.Whole()[(i / all * columns) + (i % all)] : value));
    }

    private static OnnxArray Transpose(OnnxArray x, long[] order)
    {
        // Only the last two axes are ever exchanged.
        Assert.Equal(x.Shape.Length == 2 ? [1, 0] : [0, 2, 1], order);
        var (rows, columns) = (x.Shape[^2], x.Shape[^1]);
        var y = new double[x.Values.Length];
        for (var i = 0; i < y.Length; i++)
        {
            var (matrix, row, column) = (i / (rows * columns), i / columns % rows, i % columns);
            y[(((matrix * columns) + column) * rows) + row] = x.Values[i];
        }

        return new OnnxArray(x.Type, [.. x.Shape[..^2], columns, rows], y);
    }

    private static OnnxArray Concat(OnnxArray[] x, int axis)
    {
        var places = x.SelectMany(array => Enumerable.Range(0, array.Shape[axis]).Select(place => array.At(axis, place))).ToArray();
        Assert.All(x, array => Assert.Equal(x[0].Shape.Where((_, a) => a != axis), array.Shape.Where((_, a) => a != axis)));
        Assert.All(x, array => Assert.Equal(x[0].Type, array.Type));
        return places.Length > 0 ? OnnxArray.Stack(places, axis) : x[0];
    }

    private static OnnxArray Gather(OnnxArray x, int axis, OnnxArray places)
    {
        var (before, size, behind) = x.Around(axis);
        var indexes = places.Whole();
        var y = new double[before * indexes.Length * behind];
        for (var i = 0; i < before; i++)
        {
            for (var j = 0; j < indexes.Length; j++)
            {
                Assert.InRange(indexes[j], 0, size - 1);
                Array.Copy(x.Values, ((i * size) + indexes[j]) * behind, y, ((i * indexes.Length) + j) * behind, behind);
            }
        }

        return new OnnxArray(x.Type, [.. x.Shape[..axis], .. places.Shape, .. x.Shape[(axis + 1)..]], y);
    }

    private static OnnxArray MatMul(OnnxArray a, OnnxArray b)
    {
        Assert.Equal(Float, a.Type);
        Assert.Equal(Float, b.Type);
        var (rows, inner, columns) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        Assert.Equal(inner, b.Shape[^2]);
        if (a.Shape.Length < b.Shape.Length)
        {
            a = Each(Float, v => v[0], a, new OnnxArray(Float, [.. b.Shape[..^2], 1, 1], new double[OnnxArray.Size(b.Shape[..^2])]));
        }

        Assert.True(b.Shape.Length == 2 || b.Shape[..^2].SequenceEqual(a.Shape[..^2]));
        var y = new double[OnnxArray.Size(a.Shape[..^1]) * columns];
        for (var row = 0; row < (inner == 0 ? 0 : a.Values.Length / inner); row++)
        {
            var matrix = b.Shape.Length == 2 ? 0 : row / rows;
            for (var column = 0; column < columns; column++)
            {
                for (var i = 0; i < inner; i++)
                {
                    y[(row * columns) + column] += a.Values[(row * inner) + i] * b.Values[(((matrix * inner) + i) * columns) + column];
                }
            }
        }

        return new OnnxArray(Float, [.. a.Shape[..^1], columns], y);
    }

    private static OnnxArray Reduce(OnnxArray x, long axis, long keeps, bool isMean)
    {
        var at = x.Axis(axis);
        var (before, size, behind) = x.Around(at);
        var y = new double[before * behind];
        for (var i = 0; i < before; i++)
        {
            for (var place = 0; place < size; place++)
            {
                for (var j = 0; j < behind; j++)
                {
                    y[(i * behind) + j] += x.Values[(((i * size) + place) * behind) + j] / (isMean ? size : 1);
                }
            }
        }

        return new OnnxArray(x.Type, keeps == 1 ? [.. x.Shape[..at], 1, .. x.Shape[(at + 1)..]] : [.. x.Shape[..at], .. x.Shape[(at + 1)..]], y);
    }

    private static OnnxArray Largest(OnnxArray x, long axis)
    {
        var (before, size, behind) = x.Around((int)axis);
        var y = Enumerable.Range(0, before * behind).Select(i => Enumerable.Range(0, size).Max(place => x.Values[(((i / behind * size) + place) * behind) + (i % behind)]));
        return OnnxArray.Of(x.Type, [.. x.Shape.Where((_, a) => a != axis)], y);
    }

    private static int Scalar(OnnxArray x)
    {
        Assert.Empty(x.Shape);
        return Assert.Single(x.Whole());
    }

    private static OnnxArray Count(int first, int end, int step)
    {
        Assert.Equal(1, step);
        return OnnxArray.Int64s([end - first], Enumerable.Range(first, end - first));
    }

    private static OnnxArray SumFromHere(OnnxArray x, int axis, long reverse)
    {
        Assert.Equal(1, reverse);
        var (_, size, behind) = x.Around(axis);
        var y = (double[])x.Values.Clone();
        for (var i = y.Length - 1; i >= 0; i--)
        {
            y[i] += i / behind % size == size - 1 ? 0 : y[i + behind];
        }

        return x with { Values = y };
    }

    private static OnnxArray[] Split(OnnxArray x, int axis, int[] sizes)
    {
        Assert.Equal(x.Shape[axis], sizes.Sum());
        return [.. sizes.Select((size, i) => Gather(x, axis, OnnxArray.Int64s([size], Enumerable.Range(sizes[..i].Sum(), size))))];
    }

    private static OnnxArray Softmax(OnnxArray x, int axis)
    {
        var (before, size, behind) = x.Around(axis);
        var y = new double[x.Values.Length];
        for (var i = 0; i < before; i++)
        {
            for (var j = 0; j < behind; j++)
            {
                var places = Enumerable.Range(0, size).Select(place => (((i * size) + place) * behind) + j).ToArray();
                var largest = places.Max(place => x.Values[place]);
                var sum = places.Sum(place => Math.Exp(x.Values[place] - largest));
                foreach (var place in places)
                {
                    y[place] = Math.Exp(x.Values[place] - largest) / sum;
                }
            }
        }

        return x with { Values = y };
    }

    // States first, then what is scanned; the body gives states first, then what is collected.
    private static OnnxArray[] Scan(OnnxNode node, OnnxArray[] x, Dictionary<string, OnnxArray> outer)
    {
        var (body, scanned) = ((OnnxGraph)node["body"]!, (int)(long)node["num_scan_inputs"]!);

        // ONNX Runtime does not run a body whose outputs have no shape.
        Assert.All(body.Outputs, output => Assert.NotNull(output.Dimensions));
        var (inputAxes, outputAxes) = ((long[])node["scan_input_axes"]!, (long[])node["scan_output_axes"]!);
        var states = x[..^scanned];
        var collected = Array.ConvertAll(outputAxes, _ => new List<OnnxArray>());
        for (var step = 0; step < x[states.Length].Shape[inputAxes[0]]; step++)
        {
            var inputs = states.Concat(x[states.Length..].Select((array, i) => array.At((int)inputAxes[i], step))).ToArray();
            var values = Run(body, body.Inputs.Select((input, i) => (input.Name, Value: inputs[i])).ToDictionary(p => p.Name, p => p.Value), outer);
            OnnxArray[] results = [.. body.Outputs.Select(output => values[output.Name])];
            for (var i = 0; i < collected.Length; i++)
            {
                collected[i].Add(results[states.Length + i]);
            }

            states = results[..states.Length];
        }

        return [.. states, .. collected.Select((parts, i) => OnnxArray.Stack(parts, (int)outputAxes[i]))];
    }
}
