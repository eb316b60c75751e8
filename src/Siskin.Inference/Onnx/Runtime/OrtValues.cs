using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>The tensors of one run: inputs over the arrays as they are, held in place meanwhile, and outputs that the library makes.</summary>
internal sealed unsafe class OrtValues : IDisposable
{
    private readonly OrtApi _api;
    private readonly int _inputs;

    // Names of the inputs and outputs, then their values.
    private readonly nint[] _pointers;
    private readonly PinnedGCHandle<Array>[] _pins;
    private int _count;

    public OrtValues(OrtApi api, int inputs, int outputs)
    {
        (_api, _inputs) = (api, inputs);
        _pointers = GC.AllocateArray<nint>(Math.Max(1, 2 * (inputs + outputs)), pinned: true);
        _pins = new PinnedGCHandle<Array>[inputs];
    }

    private int Names => _pointers.Length / 2;

    /// <summary>Adds an input.</summary>
    /// <param name="name">With a zero behind it; does not move.</param>
    /// <param name="tensor">The input.</param>
    public void AddInput(byte[] name, Tensor tensor)
    {
        var at = _count++;
        _pointers[at] = AddressOf(name);
        _pointers[Names + at] = tensor.Type == TensorType.Bytes ? Texts(tensor) : Numbers(at, tensor);
    }

    /// <summary>Adds an output.</summary>
    /// <param name="name">With a zero behind it; does not move.</param>
    public void AddOutput(byte[] name) => _pointers[_count++] = AddressOf(name);

    /// <summary>Runs a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="options">Of the run; 0 for none.</param>
    public void Run(nint session, nint options)
    {
        var names = (nint*)AddressOf(_pointers);
        var values = names + Names;
        _api.Check(((delegate* unmanaged<nint, nint, nint*, nint*, nint, nint*, nint, nint*, nint>)_api[OrtFunction.Run])(
            session, options, names, values, _inputs, names + _inputs, _count - _inputs, values + _inputs));
    }

    /// <summary>Copies an output.</summary>
    /// <param name="output">Its number among those added.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="ServableException">It is not a tensor of a type that there is.</exception>
    public Tensor Output(int output, string name)
    {
        var value = _pointers[Names + _inputs + output];
        nint made;
        _api.Check(((delegate* unmanaged<nint, nint*, nint>)_api[OrtFunction.GetTensorTypeAndShape])(value, &made));
        using var info = new OrtHandle(_api, OrtFunction.ReleaseTensorTypeAndShapeInfo, made);
        var number = _api.Number(OrtFunction.GetTensorElementType, made);
        var type = OrtTypes.TypeOf(number) ?? throw new ServableException(ServableError.Internal, $"the output '{name}' consists of {OrtTypes.NameOf(number)}");
        var shape = _api.Shape(made);
        var count = Tensor.CountOf(shape);
        if (type == TensorType.Bytes)
        {
            return Tensor.Of(name, Texts(value, count), shape);
        }

        var numbers = Array.CreateInstance(Tensor.ElementOf(type), count);
        if (count > 0)
        {
            void* data;
            _api.Check(((delegate* unmanaged<nint, void**, nint>)_api[OrtFunction.GetTensorMutableData])(value, &data));
            var bytes = checked((nuint)count * (nuint)(OrtTypes.BitsOf(number) / 8));
            fixed (byte* target = &MemoryMarshal.GetArrayDataReference(numbers))
            {
                NativeMemory.Copy(data, target, bytes);
            }
        }

        return Tensor.Of(name, type, numbers, shape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (var i = Names; i < _pointers.Length; i++)
        {
            _api.Release(OrtFunction.ReleaseValue, _pointers[i]);
            _pointers[i] = 0;
        }

        foreach (ref var pin in _pins.AsSpan())
        {
            pin.Dispose();
        }
    }

    private nint Numbers(int at, Tensor tensor)
    {
        _pins[at] = new PinnedGCHandle<Array>(tensor.Data);
        var type = OrtTypes.NumberOf(tensor.Type);
        var data = Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(tensor.Data));
        var shape = Lengths(tensor, stackalloc long[8]);
        nint made;
        fixed (long* lengths = shape)
        {
            var bytes = (nint)tensor.Count * (OrtTypes.BitsOf(type) / 8);
            _api.Check(((delegate* unmanaged<nint, void*, nint, long*, nint, int, nint*, nint>)_api[OrtFunction.CreateTensorWithDataAsOrtValue])(
                _api.Memory, data, bytes, lengths, shape.Length, type, &made));
        }

        return made;
    }

    // Texts are the library's own and have to be copied.
    private nint Texts(Tensor tensor)
    {
        var texts = tensor.Values<byte[]>();
        var bytes = 0;
        foreach (var text in texts)
        {
            if (text.AsSpan().Contains((byte)0))
            {
                throw new ServableException(ServableError.InvalidArgument, $"'{tensor.Name}' has a text with a zero byte in it, which ONNX Runtime does not take");
            }

            bytes = checked(bytes + text.Length + 1);
        }

        nint made;
        var shape = Lengths(tensor, stackalloc long[8]);
        fixed (long* lengths = shape)
        {
            _api.Check(((delegate* unmanaged<nint, long*, nint, int, nint*, nint>)_api[OrtFunction.CreateTensorAsOrtValue])(_api.Allocator, lengths, shape.Length, OrtTypes.Text, &made));
        }

        var content = new byte[Math.Max(1, bytes)];
        var starts = new nint[Math.Max(1, texts.Length)];
        fixed (byte* first = content)
        fixed (nint* pointers = starts)
        {
            var at = 0;
            for (var i = 0; i < texts.Length; i++)
            {
                starts[i] = (nint)(first + at);
                texts[i].CopyTo(content.AsSpan(at));
                at += texts[i].Length + 1;
            }

            try
            {
                _api.Check(((delegate* unmanaged<nint, nint*, nint, nint>)_api[OrtFunction.FillStringTensor])(made, pointers, texts.Length));
            }
            catch
            {
                _api.Release(OrtFunction.ReleaseValue, made);
                throw;
            }
        }

        return made;
    }

    private byte[][] Texts(nint value, int count)
    {
        var texts = new byte[count][];
        if (count == 0)
        {
            return texts;
        }

        var content = new byte[(int)_api.Size(OrtFunction.GetStringTensorDataLength, value)];
        var starts = new nint[count];
        fixed (byte* first = content)
        fixed (nint* offsets = starts)
        {
            // Even of nothing but empty texts an address is asked for.
            byte none;
            _api.Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint, nint>)_api[OrtFunction.GetStringTensorContent])(value, first is null ? &none : first, content.Length, offsets, count));
        }

        for (var i = 0; i < count; i++)
        {
            var end = i + 1 < count ? (int)starts[i + 1] : content.Length;
            texts[i] = content[(int)starts[i]..end];
        }

        return texts;
    }

    private static Span<long> Lengths(Tensor tensor, Span<long> room)
    {
        var lengths = tensor.Shape.Count <= room.Length ? room[..tensor.Shape.Count] : new long[tensor.Shape.Count];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = tensor.Shape[i];
        }

        return lengths;
    }

    private static nint AddressOf<T>(T[] pinned)
        where T : unmanaged => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
