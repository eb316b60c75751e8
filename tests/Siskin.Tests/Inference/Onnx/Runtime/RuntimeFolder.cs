using System.Runtime.CompilerServices;
using Siskin.Inference.Onnx.Runtime;

namespace Siskin.Tests.Inference.Onnx.Runtime;

/// <summary>Where ONNX Runtime is for tests: where <c>./test</c> puts it, unless the environment says otherwise.</summary>
internal static class RuntimeFolder
{
    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "artifacts", "onnxruntime");

    [ModuleInitializer]
    internal static void Find()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OnnxRuntimeLibrary.Variable)) && Directory.Exists(Path))
        {
            Environment.SetEnvironmentVariable(OnnxRuntimeLibrary.Variable, Path);
        }
    }
}
