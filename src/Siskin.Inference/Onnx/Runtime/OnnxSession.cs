using System.Runtime.InteropServices;
using System.Text;
using Siskin.Inference.Tensors;
using Siskin.Vectors;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>A model that ONNX Runtime holds. Safe for concurrent use; what runs while it is disposed of ends first.</summary>
internal sealed unsafe class OnnxSession : IDisposable
{
    private const int TensorKind = 1;

    private readonly OrtApi _api;
    private readonly OrtHandle _session;
    private readonly byte[][] _inputNames;
    private readonly byte[][] _outputNames;

    /// <param name="library">What runs it.</param>
    /// <param name="path">The model's file.</param>
    /// <param name="file">The same, checked.</param>
    /// <param name="options">How it is run.</param>
    /// <exception cref="ModelFormatException">The library does not take it; says why.</exception>
    public OnnxSession(OnnxRuntimeLibrary library, string path, OnnxFile file, OnnxRuntimeOptions options)
    {
        _api = library.Api;
        try
        {
            using var settings = Settings(file, options);
            _session = Open(path, file, settings);
        }
        catch (OrtException e)
        {
            throw new ModelFormatException(path, -1, $"ONNX Runtime {library.Version} does not take it: {e.Message}");
        }

        try
        {
            (Inputs, _inputNames) = Declared(path, file.Inputs, OrtFunction.SessionGetInputCount, OrtFunction.SessionGetInputName, OrtFunction.SessionGetInputTypeInfo);
            (Outputs, _outputNames) = Declared(path, file.Outputs, OrtFunction.SessionGetOutputCount, OrtFunction.SessionGetOutputName, OrtFunction.SessionGetOutputTypeInfo);
            foreach (var input in file.Inputs.Where(input => input.Dimensions is null && Inputs.Any(own => own.Name == input.Name)))
            {
                throw new ModelFormatException(path, -1, $"the input '{input.Name}' has no shape, which ONNX asks for");
            }
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public IReadOnlyList<TensorDescription> Inputs { get; }

    public IReadOnlyList<TensorDescription> Outputs { get; }

    /// <summary>Runs the model. Inputs are read where they are; outputs are copied once.</summary>
    /// <param name="inputs">All of the model's, in its order.</param>
    /// <param name="outputs">Places of the outputs wanted.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <exception cref="OrtException">The library could not.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public Tensor[] Run(Tensor[] inputs, int[] outputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var isHeld = false;
        using var values = new OrtValues(_api, inputs.Length, outputs.Length);
        try
        {
            _session.DangerousAddRef(ref isHeld);
            for (var i = 0; i < inputs.Length; i++)
            {
                values.AddInput(_inputNames[i], inputs[i]);
            }

            foreach (var output in outputs)
            {
                values.AddOutput(_outputNames[output]);
            }

            using var options = cancellationToken.CanBeCanceled ? _api.Make(OrtFunction.CreateRunOptions, OrtFunction.ReleaseRunOptions) : null;
            using var registration = options is null ? default : cancellationToken.UnsafeRegister(state => _api.Set(OrtFunction.RunOptionsSetTerminate, ((OrtHandle)state!).Pointer), options);
            values.Run(_session.Pointer, options?.Pointer ?? 0);
            var results = new Tensor[outputs.Length];
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = values.Output(i, Outputs[outputs[i]].Name);
            }

            return results;
        }
        catch (OrtException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            if (isHeld)
            {
                _session.DangerousRelease();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private OrtHandle Settings(OnnxFile file, OnnxRuntimeOptions options)
    {
        var settings = _api.Make(OrtFunction.CreateSessionOptions, OrtFunction.ReleaseSessionOptions);
        _api.Set(OrtFunction.SetIntraOpNumThreads, settings.Pointer, options.Threads);
        _api.Set(OrtFunction.SetInterOpNumThreads, settings.Pointer, 1);

        // Plans of memory are kept for all shapes of inputs ever seen, and requests go on having others.
        if (file.Inputs.Any(input => input.Dimensions is { } dimensions && dimensions.Any(dimension => dimension.Size is null)))
        {
            _api.Set(OrtFunction.DisableMemPattern, settings.Pointer);
        }

        // Threads that wait in a loop take the processor from other requests.
        fixed (byte* key = "session.intra_op.allow_spinning\0"u8, value = "0\0"u8)
        {
            _api.Check(((delegate* unmanaged<nint, byte*, byte*, nint>)_api[OrtFunction.AddSessionConfigEntry])(settings.Pointer, key, value));
        }

        return settings;
    }

    // From memory, so that what was checked is what runs; other files are found by the path of the model.
    private OrtHandle Open(string path, OnnxFile file, OrtHandle settings)
    {
        nint made;
        if (file.HasOtherFiles)
        {
            var name = OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(Path.GetFullPath(path) + '\0') : Encoding.UTF8.GetBytes(Path.GetFullPath(path) + '\0');
            fixed (byte* start = name)
            {
                _api.Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)_api[OrtFunction.CreateSession])(_api.Environment, start, settings.Pointer, &made));
            }
        }
        else
        {
            fixed (byte* start = file.Bytes)
            {
                _api.Check(((delegate* unmanaged<nint, byte*, nint, nint, nint*, nint>)_api[OrtFunction.CreateSessionFromArray])(_api.Environment, start, file.Bytes.Length, settings.Pointer, &made));
            }
        }

        return new OrtHandle(_api, OrtFunction.ReleaseSession, made);
    }

    private (TensorDescription[] Descriptions, byte[][] Names) Declared(string path, IReadOnlyList<Format.OnnxValue> declared, OrtFunction count, OrtFunction nameOf, OrtFunction typeOf)
    {
        var descriptions = new TensorDescription[(int)_api.Size(count, _session.Pointer)];
        var names = new byte[descriptions.Length][];
        for (var i = 0; i < descriptions.Length; i++)
        {
            nint text, info, tensor;
            _api.Check(((delegate* unmanaged<nint, nint, nint, nint*, nint>)_api[nameOf])(_session.Pointer, i, _api.Allocator, &text));
            var name = Marshal.PtrToStringUTF8(text)!;
            _api.Check(((delegate* unmanaged<nint, nint, nint>)_api[OrtFunction.AllocatorFree])(_api.Allocator, text));
            names[i] = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(name) + 1, pinned: true);
            names[i][Encoding.UTF8.GetBytes(name, names[i])] = 0;
            _api.Check(((delegate* unmanaged<nint, nint, nint*, nint>)_api[typeOf])(_session.Pointer, i, &info));
            using var owned = new OrtHandle(_api, OrtFunction.ReleaseTypeInfo, info);
            if (_api.Number(OrtFunction.GetOnnxTypeFromTypeInfo, info) != TensorKind)
            {
                throw new ModelFormatException(path, -1, $"'{name}' is not a tensor but a list, a map or something optional; classifiers have to be exported without such outputs (zipmap=False)");
            }

            _api.Check(((delegate* unmanaged<nint, nint*, nint>)_api[OrtFunction.CastTypeInfoToTensorInfo])(info, &tensor));
            var number = _api.Number(OrtFunction.GetTensorElementType, tensor);
            var type = OrtTypes.TypeOf(number) ?? throw new ModelFormatException(path, -1, $"'{name}' consists of {OrtTypes.NameOf(number)}, which inputs and outputs cannot have here");
            var shape = _api.Shape(tensor);

            // No dimensions are known of an output of no shape, and it is seldom a single number.
            var hasShape = shape.Length > 0 || declared.FirstOrDefault(value => value.Name == name)?.Dimensions is not null;
            descriptions[i] = new TensorDescription(name, type, hasShape ? shape : [-1]);
        }

        return (descriptions, names);
    }
}
