using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Serving.Releases;

/// <summary>The releases of a deployment: one numbered directory each.</summary>
/// <remarks>
/// A release is written beside under another name, made durable, and renamed into place, so that a directory with a
/// number is always whole; it is renamed away again before it is deleted. Beside <c>manifest.json</c>, which holds the
/// SHA-256 of each file, <c>manifest.sha256</c> holds that of the manifest, in the form of sha256sum. Safe for one writer and many readers, in several processes.
/// </remarks>
/// <param name="directory">Where the numbered directories stand; made when the first release is written.</param>
/// <param name="time">Dates releases; the system's clock when null.</param>
public sealed partial class ReleaseStore(string directory, TimeProvider? time = null)
{
    private const string Unfinished = ".unfinished-";
    private const int HashBytes = 1 << 18;

    /// <summary>Where the numbered directories stand.</summary>
    public string Directory { get; } = directory;

    /// <summary>Numbers of the releases there are, ascending.</summary>
    public IReadOnlyList<int> List()
    {
        if (!System.IO.Directory.Exists(Directory))
        {
            return [];
        }

        var numbers = new List<int>();
        foreach (var path in System.IO.Directory.EnumerateDirectories(Directory))
        {
            if (int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0 && Path.GetFileName(path) == Path.GetFileName(PathOf(number)))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }

    /// <summary>Number of the newest release; 0 when there is none.</summary>
    public int Newest => List() is [.., var last] ? last : 0;

    /// <summary>Path of a release's directory.</summary>
    public string PathOf(int number) => Path.Combine(Directory, number.ToString("D6", CultureInfo.InvariantCulture));

    /// <summary>Writes a release under the next number.</summary>
    /// <param name="release">What to write.</param>
    /// <param name="held">Whether it waits for a gate: servers do not take it up before its mark is changed.</param>
    /// <returns>Its manifest, with number, parent, date and files filled in.</returns>
    public ReleaseManifest Write(Release release, bool held = false)
    {
        System.IO.Directory.CreateDirectory(Directory);
        var work = NewUnfinished();
        try
        {
            WriteParts(work, release);
            if (held)
            {
                // Inside, so that it appears with the release; no manifest names it.
                File.WriteAllBytes(Path.Combine(work, HeldName), []);
            }

            var parent = Newest;
            while (true)
            {
                var manifest = release.Manifest with
                {
                    Number = Newest + 1,
                    Parent = parent,
                    CreatedAt = Now(),
                    SchemaHash = HashOf(Path.Combine(work, ReleaseFiles.Schema)),
                    Files = Describe(work),
                };
                var path = Path.Combine(work, ReleaseFiles.Manifest);
                File.Delete(path);
                WriteJson(path, manifest, ReleaseJson.Default.ReleaseManifest);
                WriteManifestHash(work);
                try
                {
                    Publish(work, manifest.Number);
                    return manifest;
                }
                catch (IOException) when (System.IO.Directory.Exists(PathOf(manifest.Number)))
                {
                    // Another writer took the number; try the next.
                }
            }
        }
        finally
        {
            if (System.IO.Directory.Exists(work))
            {
                System.IO.Directory.Delete(work, recursive: true);
            }
        }
    }

    /// <summary>Reads the manifest of a release.</summary>
    /// <exception cref="ModelFormatException">The file is missing, damaged or of another format.</exception>
    public ReleaseManifest ReadManifest(int number)
    {
        var path = Path.Combine(PathOf(number), ReleaseFiles.Manifest);
        CheckManifestHash(PathOf(number));
        var manifest = ReadJson(path, ReleaseJson.Default.ReleaseManifest);
        if (manifest.Format != ReleaseManifest.CurrentFormat)
        {
            throw new ModelFormatException(path, -1, $"format {manifest.Format}; this program reads format {ReleaseManifest.CurrentFormat}");
        }

        return manifest.Number == number
            ? manifest
            : throw new ModelFormatException(path, -1, $"is that of release {manifest.Number}, in the directory of release {number}");
    }

    /// <summary>Reads a release, all of its files checked against the manifest.</summary>
    /// <exception cref="ModelFormatException">A file is missing, truncated, damaged or does not fit the others; nothing of it is used.</exception>
    public Release Read(int number)
    {
        var manifest = ReadManifest(number);
        var root = PathOf(number);
        Verify(root, manifest);
        string At(string name) => Path.Combine(root, name);
        var schema = ReadJson(At(ReleaseFiles.Schema), ReleaseJson.Default.CatalogueSchema);
        var items = ReleaseFiles.ReadItems(At(ReleaseFiles.Items), schema);
        var (users, histories) = ReleaseFiles.ReadUsers(At(ReleaseFiles.Users), items.Count);
        var (tags, segments) = ReleaseFiles.ReadIndexes(At(ReleaseFiles.Indexes), items.Count);
        var factors = Has(manifest, ReleaseFiles.Factors) ? ReleaseFiles.ReadFactors(At(ReleaseFiles.Factors), users.Ids.Count, items.Count) : null;
        string? IfAny(string name) => Has(manifest, name) ? At(name) : null;
        return new Release
        {
            Manifest = manifest,
            Schema = schema,
            Items = items,
            Users = users,
            Histories = histories,
            Statistics = ReleaseFiles.ReadStatistics(At(ReleaseFiles.Statistics), items.Count),
            Tags = tags,
            Segments = segments,
            CosineNeighbours = ReleaseFiles.ReadNeighbours(At(ReleaseFiles.CosineNeighbours), items.Count),
            DampedNeighbours = ReleaseFiles.ReadNeighbours(At(ReleaseFiles.DampedNeighbours), items.Count),
            Factors = factors,
            Indexes = ReleaseIndexes.Read(IfAny(ReleaseFiles.LearnedIndex), IfAny(ReleaseFiles.ContentIndex), factors, items, schema),
            Blend = Has(manifest, ReleaseFiles.Blend) ? ReadBlend(At(ReleaseFiles.Blend)) : null,
            ColdBlend = Has(manifest, ReleaseFiles.ColdBlend) ? ReadBlend(At(ReleaseFiles.ColdBlend)) : null,
            Ranker = Has(manifest, ReleaseFiles.Ranker) ? Rank.RankerModel.Read(At(ReleaseFiles.Ranker), At(ReleaseFiles.RankerParameters), items.Count) : null,
        };
    }

    /// <summary>Deletes releases except the newest few, the active one and the one that a pin names as previous, and what interrupted writers left behind.</summary>
    /// <param name="keep">How many to keep; at least 1.</param>
    /// <param name="keepPrevious">Whether the release before the active one stays as well where no pin names one.</param>
    /// <returns>Numbers of the releases that are gone.</returns>
    /// <exception cref="ModelFormatException">The pin is damaged, so that it is not known which release is active; nothing is deleted.</exception>
    public IReadOnlyList<int> Prune(int keep, bool keepPrevious = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        var numbers = List();
        var (active, previous, _) = Choose();
        var kept = keepPrevious || ReadPin() is { } pin && pin.Active == active ? previous : 0;
        var gone = new List<int>();
        for (var i = 0; i < numbers.Count - keep; i++)
        {
            if (numbers[i] == active || numbers[i] == kept)
            {
                continue;
            }

            // Deleting takes a while; nobody may find a directory with a number that is half gone.
            var away = Path.Combine(Directory, Unfinished + Guid.NewGuid().ToString("N"));
            System.IO.Directory.Move(PathOf(numbers[i]), away);
            File.Delete(GatePath(numbers[i]));
            System.IO.Directory.Delete(away, recursive: true);
            gone.Add(numbers[i]);
        }

        if (System.IO.Directory.Exists(Directory))
        {
            foreach (var path in System.IO.Directory.EnumerateDirectories(Directory, Unfinished + "*"))
            {
                if (System.IO.Directory.GetLastWriteTimeUtc(path) < DateTime.UtcNow.AddDays(-1))
                {
                    System.IO.Directory.Delete(path, recursive: true);
                }
            }
        }

        return gone;
    }

    /// <summary>SHA-256 of a release's manifest: equal only for equal releases.</summary>
    /// <exception cref="ModelFormatException">The manifest is missing or damaged.</exception>
    internal string ManifestHash(int number)
    {
        CheckManifestHash(PathOf(number));
        return Sha256(Path.Combine(PathOf(number), ReleaseFiles.Manifest));
    }

    /// <summary>Copies a release of another store, under the same number.</summary>
    /// <exception cref="ModelFormatException">It is damaged there, or was by the copying; nothing is there then.</exception>
    /// <exception cref="IOException">There is one of this number meanwhile.</exception>
    internal void CopyFrom(ReleaseStore other, int number, CancellationToken cancellationToken)
    {
        var manifest = other.ReadManifest(number);
        System.IO.Directory.CreateDirectory(Directory);
        var work = NewUnfinished();
        try
        {
            foreach (var name in manifest.Files.Select(f => f.Name).Append(ReleaseFiles.Manifest).Append(ReleaseFiles.ManifestHash))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (name != Path.GetFileName(name))
                {
                    throw new ModelFormatException(other.PathOf(number), -1, $"its manifest names '{name}', which is no file of it");
                }

                CopyFile(Path.Combine(other.PathOf(number), name), Path.Combine(work, name));
            }

            CheckManifestHash(work);
            Verify(work, manifest);
            Publish(work, number);
        }
        finally
        {
            if (System.IO.Directory.Exists(work))
            {
                System.IO.Directory.Delete(work, recursive: true);
            }
        }
    }

    private static void CopyFile(string from, string to)
    {
        if (!File.Exists(from))
        {
            throw new ModelFormatException(from, -1, "the manifest names it, but it is missing");
        }

        using var source = File.OpenRead(from);
        using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        source.CopyTo(target, 1 << 20);
        target.Flush(flushToDisk: true);
    }

    private string NewUnfinished()
    {
        var work = Path.Combine(Directory, Unfinished + Guid.NewGuid().ToString("N"));
        System.IO.Directory.CreateDirectory(work);
        return work;
    }

    /// <summary>Renames a finished directory into place: its entries are durable before its name is.</summary>
    private void Publish(string work, int number)
    {
        FolderSync.Flush(work);
        System.IO.Directory.Move(work, PathOf(number));
        FolderSync.Flush(Directory);
    }

    private static bool Has(ReleaseManifest manifest, string name) => manifest.Files.Any(f => f.Name == name);

    private static void WriteParts(string work, Release release)
    {
        string At(string name) => Path.Combine(work, name);
        WriteJson(At(ReleaseFiles.Schema), release.Schema, ReleaseJson.Default.CatalogueSchema);
        ReleaseFiles.WriteItems(At(ReleaseFiles.Items), release);
        ReleaseFiles.WriteUsers(At(ReleaseFiles.Users), release);
        ReleaseFiles.WriteStatistics(At(ReleaseFiles.Statistics), release.Statistics);
        ReleaseFiles.WriteIndexes(At(ReleaseFiles.Indexes), release.Tags, release.Segments);
        ReleaseFiles.WriteNeighbours(At(ReleaseFiles.CosineNeighbours), release.CosineNeighbours);
        ReleaseFiles.WriteNeighbours(At(ReleaseFiles.DampedNeighbours), release.DampedNeighbours);
        if (release.Factors is { } factors)
        {
            ReleaseFiles.WriteFactors(At(ReleaseFiles.Factors), factors);
        }

        release.Indexes.Write(work);

        if (release.Blend is { } blend)
        {
            WriteJson(At(ReleaseFiles.Blend), StoredBlend.From(blend), ReleaseJson.Default.StoredBlend);
        }

        if (release.ColdBlend is { } cold)
        {
            WriteJson(At(ReleaseFiles.ColdBlend), StoredBlend.From(cold), ReleaseJson.Default.StoredBlend);
        }

        release.Ranker?.Write(At(ReleaseFiles.Ranker), At(ReleaseFiles.RankerParameters));
    }

    private static Rank.BlendModel ReadBlend(string path)
    {
        try
        {
            return ReadJson(path, ReleaseJson.Default.StoredBlend).ToModel();
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(path, -1, e.Message);
        }
    }

    private static List<ReleaseFile> Describe(string work)
    {
        var files = new List<ReleaseFile>();
        foreach (var path in System.IO.Directory.EnumerateFiles(work).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(path) is not (ReleaseFiles.Manifest or ReleaseFiles.ManifestHash or HeldName))
            {
                files.Add(new ReleaseFile(Path.GetFileName(path), new FileInfo(path).Length, Sha256(path)));
            }
        }

        return files;
    }

    private static void WriteManifestHash(string root)
    {
        var path = Path.Combine(root, ReleaseFiles.ManifestHash);
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        stream.Write(Encoding.ASCII.GetBytes(HashLine(root)));
        stream.Flush(flushToDisk: true);
    }

    private static void CheckManifestHash(string root)
    {
        var path = Path.Combine(root, ReleaseFiles.ManifestHash);
        try
        {
            if (File.ReadAllText(path, Encoding.Latin1) != HashLine(root))
            {
                throw new ModelFormatException(Path.Combine(root, ReleaseFiles.Manifest), -1, $"its SHA-256 is not what {path} says: one of the two is damaged");
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(File.Exists(path) ? Path.Combine(root, ReleaseFiles.Manifest) : path, -1, "the file is missing");
        }
    }

    private static string HashLine(string root) => $"{Sha256(Path.Combine(root, ReleaseFiles.Manifest))}  {ReleaseFiles.Manifest}\n";

    private static void Verify(string root, ReleaseManifest manifest)
    {
        foreach (var name in ReleaseFiles.Required)
        {
            if (!Has(manifest, name))
            {
                throw new ModelFormatException(Path.Combine(root, ReleaseFiles.Manifest), -1, $"it does not name {name}");
            }
        }

        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(root, file.Name);
            var info = new FileInfo(path);
            if (!info.Exists)
            {
                throw new ModelFormatException(path, -1, "the manifest names it, but it is missing");
            }

            if (info.Length != file.Bytes)
            {
                throw new ModelFormatException(path, Math.Min(info.Length, file.Bytes), $"has {info.Length} bytes, the manifest says {file.Bytes}: it is {(info.Length < file.Bytes ? "truncated" : "not the file that was written")}");
            }

            var hash = Sha256(path);
            if (hash != file.Sha256)
            {
                throw new ModelFormatException(path, -1, $"its SHA-256 is {hash}, the manifest says {file.Sha256}: it is damaged");
            }
        }
    }

    private static string Sha256(string path)
    {
        // In pieces: whoever reads a release beside requests rests between them.
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = ArrayPool<byte>.Shared.Rent(HashBytes);
        try
        {
            var offset = 0L;
            for (int read; (read = RandomAccess.Read(file, piece, offset)) > 0; offset += read)
            {
                hash.AppendData(piece, 0, read);
                LoadingThread.Rest();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string HashOf(string path) => XxHash64.HashToUInt64(File.ReadAllBytes(path)).ToString("x16", CultureInfo.InvariantCulture);

    private static void WriteJson<T>(string path, T value, JsonTypeInfo<T> type)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        JsonSerializer.Serialize(stream, value, type);
        stream.Flush(flushToDisk: true);
    }

    private static T ReadJson<T>(string path, JsonTypeInfo<T> type)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, type) ?? throw new ModelFormatException(path, 0, "is null, expected an object");
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, -1, $"is not the JSON expected: {e.Message}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ModelFormatException(path, -1, "the file is missing");
        }
    }
}
