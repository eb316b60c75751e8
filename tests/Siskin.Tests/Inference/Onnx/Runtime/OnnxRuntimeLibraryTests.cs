using Siskin.Inference.Onnx.Runtime;
using Siskin.Tests.Storage;

namespace Siskin.Tests.Inference.Onnx.Runtime;

public sealed class OnnxRuntimeLibraryTests
{
    private static readonly OnnxRuntimeLibrary Found = OnnxRuntimeLibrary.Default();

    private static string System => OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    private static string Processor => global::System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    [Fact]
    public void The_process_has_one_library_and_knows_its_version()
    {
        Assert.Same(Found, OnnxRuntimeLibrary.Default());
        Assert.True(Version.Parse(Found.Version) >= new Version(1, OrtApi.Version), Found.Version);
        Assert.True(File.Exists(Found.Path), Found.Path);
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("{0}/lib")]
    [InlineData("{0}/onnxruntime/capi")]
    [InlineData("{0}/bin/napi-v6/{1}/{2}")]
    [InlineData("{0}/node_modules/onnxruntime-node/bin/napi-v6/{1}/{2}")]
    public void A_setting_may_be_the_file_or_a_folder_of_any_package(string place)
    {
        using var folder = new TemporaryFolder();
        var file = Put(string.Format(null, place, folder.Path, System, Processor));
        Assert.Equal(file, OnnxRuntimeLibrary.Find(file, []).Path);
        Assert.Equal(file, OnnxRuntimeLibrary.Find(folder.Path, []).Path);
    }

    [Fact]
    public void A_setting_that_leads_nowhere_is_said_with_how_to_get_the_library_and_nothing_else_is_taken()
    {
        using var folder = new TemporaryFolder();
        var message = Assert.Throws<DllNotFoundException>(() => OnnxRuntimeLibrary.Find(folder.Path, [Found.Path])).Message;
        Assert.Contains($"not where SISKIN_ONNXRUNTIME says, '{folder.Path}'", message, StringComparison.Ordinal);
        Assert.Contains("npm install --ignore-scripts onnxruntime-node", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_the_library_is_passed_over_and_named_when_there_is_none()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("libonnxruntime.so"), "not a library");
        var other = Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*System.Native*").Single();
        Assert.Equal(Found.Path, OnnxRuntimeLibrary.Find(null, [folder.File("libonnxruntime.so"), other, Found.Path]).Path);
        var message = Assert.Throws<DllNotFoundException>(() => OnnxRuntimeLibrary.Find(string.Empty, [folder.File("libonnxruntime.so"), other, "no-such-onnxruntime"])).Message;
        Assert.Contains("ONNX Runtime was not found", message, StringComparison.Ordinal);
        Assert.Contains("libonnxruntime.so: cannot be loaded", message, StringComparison.Ordinal);
        Assert.Contains($"{other}: is not ONNX Runtime", message, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such", message, StringComparison.Ordinal);
        Assert.Contains("set SISKIN_ONNXRUNTIME to", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_nearest_place_comes_first_and_of_several_builds_the_newest()
    {
        using var folder = new TemporaryFolder();
        var (program, working) = (Directory.CreateDirectory(folder.File("a/b/program")).FullName, Directory.CreateDirectory(folder.File("c/working")).FullName);
        Assert.DoesNotContain(OnnxRuntimePlaces.All(program, working), path => path.StartsWith(folder.Path, StringComparison.Ordinal));
        var above = Put(folder.File($"c/node_modules/onnxruntime-node/bin/napi-v3/{System}/{Processor}"));
        Assert.Equal([above], Own());
        var newer = Put(folder.File($"c/node_modules/onnxruntime-node/bin/napi-v10/{System}/{Processor}"));
        Put(folder.File($"c/node_modules/onnxruntime-node/bin/napi-v6/{System}/{Processor}"));
        Assert.Equal([newer], Own());
        var nearer = Put(folder.File($"a/node_modules/onnxruntime-node/bin/napi-v6/{System}/{Processor}"));
        var beside = Put(program);
        Assert.Equal([beside, nearer, newer], Own());

        string[] Own() => [.. OnnxRuntimePlaces.All(program, working).Where(path => path.StartsWith(folder.Path, StringComparison.Ordinal))];
    }

    // A link, which loads as the library that it leads to.
    private static string Put(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, Path.GetFileName(Found.Path));
        File.CreateSymbolicLink(path, Found.Path);
        return path;
    }
}
