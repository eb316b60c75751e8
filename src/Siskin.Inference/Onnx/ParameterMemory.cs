using System.Buffers;
using System.Globalization;
using Siskin.Models.Graph;

namespace Siskin.Inference.Onnx;

/// <summary>A parameter's values as bytes, without a copy. Not to be used after its graph is disposed.</summary>
internal sealed unsafe class ParameterMemory : MemoryManager<byte>
{
    private readonly Parameter _parameter;

    private ParameterMemory(Parameter parameter) => _parameter = parameter;

    /// <param name="parameter">The parameter.</param>
    /// <param name="model">For messages.</param>
    /// <exception cref="NotSupportedException">It has 2 GiB or more.</exception>
    public static ReadOnlyMemory<byte> Of(Parameter parameter, string model) => parameter.Length * sizeof(float) <= int.MaxValue
        ? new ParameterMemory(parameter).Memory
        : throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"parameter '{parameter.Name}' of model '{model}' has {parameter.Length * sizeof(float):N0} bytes; a Protobuf file ends at {int.MaxValue:N0}"));

    public override Span<byte> GetSpan() => new(_parameter.Values, checked((int)(_parameter.Length * sizeof(float))));

    // The memory is not the garbage collector's and never moves.
    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_parameter.Values + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
