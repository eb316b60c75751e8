using System.Runtime.InteropServices;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>The functions of a loaded ONNX Runtime, and what the process has one of. Safe for concurrent use; never unloaded.</summary>
internal sealed unsafe class OrtApi
{
    /// <summary>The table that is asked for: that of version 1.14 of 2023, which every later one still gives.</summary>
    public const int Version = 14;

    private const int FatalMessages = 4;
    private const int ArenaAllocator = 1;
    private const int DefaultMemory = 0;

    private readonly nint* _functions;

    /// <param name="functions">The table.</param>
    /// <exception cref="OrtException">It cannot be used.</exception>
    public OrtApi(nint functions)
    {
        _functions = (nint*)functions;
        nint made;
        fixed (byte* name = "siskin\0"u8)
        {
            // What goes wrong is thrown; the library need not print it too.
            Check(((delegate* unmanaged<int, byte*, nint*, nint>)this[OrtFunction.CreateEnv])(FatalMessages, name, &made));
        }

        Environment = made;
        Check(((delegate* unmanaged<nint, nint>)this[OrtFunction.DisableTelemetryEvents])(made));
        Check(((delegate* unmanaged<int, int, nint*, nint>)this[OrtFunction.CreateCpuMemoryInfo])(ArenaAllocator, DefaultMemory, &made));
        Memory = made;
        Check(((delegate* unmanaged<nint*, nint>)this[OrtFunction.GetAllocatorWithDefaultOptions])(&made));
        Allocator = made;
    }

    /// <summary>What all sessions share.</summary>
    public nint Environment { get; }

    /// <summary>Says of memory that it is the processor's.</summary>
    public nint Memory { get; }

    /// <summary>The allocator of what the library gives out.</summary>
    public nint Allocator { get; }

    /// <summary>Address of a function.</summary>
    public nint this[OrtFunction function] => _functions[(int)function];

    /// <summary>Throws what a call says that went wrong.</summary>
    /// <param name="status">What the call gave.</param>
    /// <exception cref="OrtException">Something did.</exception>
    public void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var code = ((delegate* unmanaged<nint, int>)this[OrtFunction.GetErrorCode])(status);
        var message = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint, nint>)this[OrtFunction.GetErrorMessage])(status)) ?? string.Empty;
        Release(OrtFunction.ReleaseStatus, status);
        throw new OrtException(code, message);
    }

    /// <summary>Gives something back; nothing is done for null.</summary>
    public void Release(OrtFunction release, nint pointer)
    {
        if (pointer != 0)
        {
            ((delegate* unmanaged<nint, void>)this[release])(pointer);
        }
    }

    /// <summary>Calls a function that makes something out of nothing.</summary>
    public OrtHandle Make(OrtFunction create, OrtFunction release)
    {
        nint made;
        Check(((delegate* unmanaged<nint*, nint>)this[create])(&made));
        return new OrtHandle(this, release, made);
    }

    /// <summary>Calls a function that takes something and a number.</summary>
    public void Set(OrtFunction function, nint target, int value) => Check(((delegate* unmanaged<nint, int, nint>)this[function])(target, value));

    /// <summary>Calls a function that takes something alone.</summary>
    public void Set(OrtFunction function, nint target) => Check(((delegate* unmanaged<nint, nint>)this[function])(target));

    /// <summary>Calls a function that tells a size.</summary>
    public nint Size(OrtFunction function, nint source)
    {
        nint size;
        Check(((delegate* unmanaged<nint, nint*, nint>)this[function])(source, &size));
        return size;
    }

    /// <summary>Calls a function that tells a number of an enumeration.</summary>
    public int Number(OrtFunction function, nint source)
    {
        int number;
        Check(((delegate* unmanaged<nint, int*, nint>)this[function])(source, &number));
        return number;
    }

    /// <summary>The shape of a tensor, or of what is declared; −1 for what is free.</summary>
    /// <param name="info">An <c>OrtTensorTypeAndShapeInfo</c>.</param>
    public long[] Shape(nint info)
    {
        var shape = new long[(int)Size(OrtFunction.GetDimensionsCount, info)];
        fixed (long* lengths = shape)
        {
            Check(((delegate* unmanaged<nint, long*, nint, nint>)this[OrtFunction.GetDimensions])(info, lengths, shape.Length));
        }

        return shape;
    }
}
