using System.Text;
using Siskin.Data.Datasets;

namespace Siskin.Tests.Data.Datasets;

/// <summary>A folder of small files that lives as long as a test.</summary>
internal sealed class DatasetFolder : IDisposable
{
    public DatasetFolder() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "siskin-datasets-" + Guid.NewGuid().ToString("N"));

    public List<BadRow> BadRows { get; } = [];

    public List<string> Notes { get; } = [];

    public DatasetReadContext Context => new() { OnBadRow = BadRows.Add, OnNote = Notes.Add };

    public string Write(string name, string text, Encoding? encoding = null)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text, encoding ?? new UTF8Encoding(false));
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Bad rows as "line: reason".</summary>
    public string[] Bad() => [.. BadRows.Select(row => $"{row.Line}: {row.Reason}")];

    /// <summary>A folder of the optional real data; skips the test when it is not there.</summary>
    public static string Real(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Siskin.slnx")))
        {
            root = root.Parent;
        }

        // Beside the repository, or beside a folder that holds it.
        for (var above = root?.Parent; above is not null; above = above.Parent)
        {
            var folder = Path.Combine(above.FullName, "shared", "data", name);
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        Assert.Skip($"The data set {name} is not on this machine.");
        return string.Empty;
    }
}
