using System.Buffers;
using System.Runtime.CompilerServices;
using Siskin.Inference.Tensors;

namespace Siskin.Inference.Protocols;

/// <summary>Values of one type, in a pooled array that grows.</summary>
internal sealed class TensorBuffer<T, TElement> : TensorBuffer
    where TElement : struct, ITensorElement<T>
{
    // Not more than a context shared by examples may be blown up to.
    private const int MostRepeated = 1 << 24;

    private T[] _values = ArrayPool<T>.Shared.Rent(16);
    private int _count;

    public override int Count => _count;

    public override void Append(ref TensorJsonReader reader)
    {
        var value = TElement.Read(ref reader);
        if (_count == _values.Length)
        {
            Grow(_count + 1);
        }

        _values[_count++] = value;
    }

    public override int AppendRun(ref TensorJsonReader reader)
    {
        var before = _count;
        do
        {
            Append(ref reader);
            reader.Read();
        }
        while (reader.IsScalar);
        return _count - before;
    }

    public override void Repeat(int times)
    {
        var once = _count;
        if ((long)once * times > MostRepeated)
        {
            throw Refusal.Of($"The context has {once} values for each of {times} examples, which is more than {MostRepeated} in all");
        }

        Grow(once * times);
        for (var i = 1; i < times; i++)
        {
            _values.AsSpan(0, once).CopyTo(_values.AsSpan(i * once));
        }

        _count = once * times;
    }

    public override Tensor ToTensor(string name, IReadOnlyList<long> shape)
    {
        var values = RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? new T[_count] : GC.AllocateUninitializedArray<T>(_count);
        _values.AsSpan(0, _count).CopyTo(values);
        return Tensor.Of(name, TElement.Type, values, shape);
    }

    public override void Dispose()
    {
        var values = _values;
        (_values, _count) = ([], 0);
        if (values.Length > 0)
        {
            ArrayPool<T>.Shared.Return(values, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        }
    }

    private void Grow(int needed)
    {
        if (needed <= _values.Length)
        {
            return;
        }

        var larger = ArrayPool<T>.Shared.Rent((int)Math.Min(Math.Max(2L * _values.Length, needed), Array.MaxLength));
        _values.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(_values, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        _values = larger;
    }
}
