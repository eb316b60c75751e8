using System.Runtime.InteropServices;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>Something that ONNX Runtime made and that is given back to it.</summary>
internal sealed unsafe class OrtHandle : SafeHandle
{
    private readonly OrtApi _api;
    private readonly OrtFunction _release;

    /// <param name="api">Of the library that made it.</param>
    /// <param name="release">What gives it back.</param>
    /// <param name="pointer">What was made.</param>
    public OrtHandle(OrtApi api, OrtFunction release, nint pointer)
        : base(0, ownsHandle: true)
    {
        (_api, _release) = (api, release);
        SetHandle(pointer);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>What was made; not to be used after this was disposed of.</summary>
    public nint Pointer => handle;

    protected override bool ReleaseHandle()
    {
        ((delegate* unmanaged<nint, void>)_api[_release])(handle);
        return true;
    }
}
