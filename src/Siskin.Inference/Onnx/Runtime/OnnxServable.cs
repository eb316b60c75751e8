using Siskin.Inference.Onnx.Format;
using Siskin.Inference.Registry;
using Siskin.Inference.Tensors;
using Siskin.Vectors;

namespace Siskin.Inference.Onnx.Runtime;

/// <summary>An ONNX file that ONNX Runtime runs in this process, with the inputs and outputs that the file declares.</summary>
/// <remarks>Inputs are not copied, texts aside. A cancelled run ends early.</remarks>
public sealed class OnnxServable : IServable
{
    private readonly OnnxSession _session;
    private readonly IReadOnlyList<OnnxDimension>[] _dimensions;

    private OnnxServable(OnnxSession session, OnnxFile file)
    {
        _session = session;
        _dimensions = [.. session.Inputs.Select(input => file.Inputs.First(own => own.Name == input.Name).Dimensions!)];
    }

    /// <summary><c>onnxruntime_onnx</c>.</summary>
    public string Platform => "onnxruntime_onnx";

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Inputs => _session.Inputs;

    /// <inheritdoc/>
    public IReadOnlyList<TensorDescription> Outputs => _session.Outputs;

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is run; the default settings when null.</param>
    /// <param name="library">What runs it; that of the process when null.</param>
    /// <exception cref="ModelFormatException">The file is damaged or must not be run, the library does not take it, or there is no library; says where and why.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are to be no threads, or more than 256.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static OnnxServable Load(string path, OnnxRuntimeOptions? options = null, OnnxRuntimeLibrary? library = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxRuntimeOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Threads, 256);
        var file = OnnxFile.Read(path);
        try
        {
            var session = new OnnxSession(library ?? OnnxRuntimeLibrary.Default(), path, file, options);
            return new OnnxServable(session, file);
        }
        catch (DllNotFoundException e)
        {
            throw new ModelFormatException(path, -1, e.Message);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The token ended it.</exception>
    public ValueTask<IReadOnlyList<Tensor>> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellationToken = default)
    {
        var own = ServableInputs.Arrange(this, inputs);
        var chosen = ServableInputs.Outputs(this, outputs);
        try
        {
            return ValueTask.FromResult<IReadOnlyList<Tensor>>(_session.Run(own, chosen, cancellationToken));
        }
        catch (OrtException e)
        {
            // What the library says of lengths that differ names a node in the middle of the model.
            var contradiction = Contradiction(own);
            throw new ServableException(
                contradiction is not null || e.Code == OrtException.InvalidArgument ? ServableError.InvalidArgument : ServableError.Internal,
                $"{(contradiction is null ? string.Empty : contradiction + "; ")}ONNX Runtime: {e.Message}",
                e);
        }
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => _session.Dispose();

    // Dimensions of one name have one length.
    private string? Contradiction(Tensor[] inputs)
    {
        var lengths = new Dictionary<string, (long Length, string Input)>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
        {
            for (var d = 0; d < inputs[i].Shape.Count; d++)
            {
                if (_dimensions[i][d].Name is { Length: > 0 } name && !lengths.TryAdd(name, (inputs[i].Shape[d], inputs[i].Name)) && lengths[name].Length != inputs[i].Shape[d])
                {
                    return $"'{name}' is {lengths[name].Length} in '{lengths[name].Input}' and {inputs[i].Shape[d]} in '{inputs[i].Name}'";
                }
            }
        }

        return null;
    }
}
