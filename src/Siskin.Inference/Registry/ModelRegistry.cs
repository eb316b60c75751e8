using System.Globalization;
using System.Text.Json;
using Siskin.Data.Control;
using Siskin.Models.Evaluation;
using Siskin.Models.Scoring;
using Siskin.Vectors;

namespace Siskin.Inference.Registry;

/// <summary>The models of a deployment: their files in a folder, and what was decided about them in the control store.</summary>
/// <remarks>Safe for concurrent use, also by several processes. A version is written beside under another name and renamed into place, so that a folder with a number is always whole.</remarks>
/// <param name="folder">Holds <c>NAME/VERSION/…</c>; made when the first model is imported.</param>
/// <param name="control">Describes the models.</param>
/// <param name="loader">Reads models, so that none that cannot be read is imported.</param>
/// <param name="time">Dates versions; the system's clock when null.</param>
public sealed class ModelRegistry(string folder, IControlStore control, ModelLoader loader, TimeProvider? time = null)
{
    private const string Prefix = "models/";

    /// <summary>Holds <c>NAME/VERSION/…</c>.</summary>
    public string Folder { get; } = folder;

    /// <summary>Names of all models, in order.</summary>
    public IReadOnlyList<string> Names => ModelFolder.Names(Folder);

    /// <summary>The versions of a model, ascending.</summary>
    public IReadOnlyList<long> Versions(string name) => ModelFolder.Versions(Folder, name);

    /// <summary>The folder of a version.</summary>
    public string PathOf(string name, long version) => ModelFolder.PathOf(Folder, name, version);

    /// <summary>Key of a model's document in the control store.</summary>
    public static string KeyOf(string name) => Prefix + name;

    /// <summary>What was decided about a model.</summary>
    /// <exception cref="IOException">The store failed, or holds something else.</exception>
    public async ValueTask<ModelRecord> ReadAsync(string name, CancellationToken cancellationToken = default) =>
        Parse(await control.GetAsync(KeyOf(name), cancellationToken).ConfigureAwait(false));

    /// <summary>The version that a reference means: the labelled one, or the stable, or the newest.</summary>
    /// <exception cref="ServableException">There is none.</exception>
    public async ValueTask<long> ResolveAsync(ModelReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var versions = Versions(reference.Name);
        if (versions.Count == 0)
        {
            throw new ServableException(ServableError.NotFound, $"there is no model '{reference.Name}' in {Folder}");
        }

        var record = await ReadAsync(reference.Name, cancellationToken).ConfigureAwait(false);
        var version = reference.Version
            ?? (reference.Label is { } label
                ? record.Labels.TryGetValue(label, out var labelled) ? labelled : throw new ServableException(ServableError.NotFound, $"the model '{reference.Name}' has no label '{label}'")
                : record.Labels.GetValueOrDefault("stable", versions[^1]));
        return versions.Contains(version)
            ? version
            : throw new ServableException(ServableError.NotFound, $"the model '{reference.Name}' has no version {version}, only {string.Join(", ", versions)}");
    }

    /// <summary>Takes a model in: copies its files, reads the copy to see that it can be used, and gives it the next number.</summary>
    /// <param name="name">Of the model.</param>
    /// <param name="source">A file, or a folder with all files of the model.</param>
    /// <param name="description">Lineage, parameters and metrics; kind and files are filled in.</param>
    /// <param name="version">Its number; the next when null.</param>
    /// <param name="cancellationToken">Ends the work; nothing is there then.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="ModelFormatException">It cannot be used; nothing is there then.</exception>
    /// <exception cref="ServableException">The number is taken.</exception>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public async ValueTask<long> ImportAsync(string name, string source, ModelDescription description, long? version = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(description);
        if (!ModelReference.IsName(name))
        {
            throw new ArgumentException($"'{name}' is no name for a model: 1 to 64 letters, digits, dots, hyphens and underscores are", nameof(name));
        }

        Directory.CreateDirectory(Path.Combine(Folder, name));
        var work = Path.Combine(Folder, name, ModelFolder.Unfinished + Guid.NewGuid().ToString("N"));
        try
        {
            await CopyAsync(source, work, cancellationToken).ConfigureAwait(false);
            File.Delete(Path.Combine(work, ModelFolder.DescriptionName));
            var files = ModelFolder.Describe(work);
            var own = description with { Format = ModelDescription.CurrentFormat, CreatedAt = (time ?? TimeProvider.System).GetUtcNow(), Kind = string.Empty, Files = files };
            var loaded = loader.Load(work);
            loaded.Servable.Dispose();
            own = own with { Kind = loaded.Kind };
            ModelJson.Write(Path.Combine(work, ModelFolder.DescriptionName), own);
            var number = Place(name, work, version);
            await ChangeAsync(name, record => record with { Versions = With(record.Versions, number, own, loaded.Hash) }, cancellationToken).ConfigureAwait(false);
            return number;
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    /// <summary>Gives a version a label; whoever asks for the label gets it from then on.</summary>
    /// <exception cref="ServableException">There is no such version.</exception>
    /// <exception cref="ModelFormatException">The version cannot be used; the label stays where it is.</exception>
    public async ValueTask PromoteAsync(string name, long version, string label = "stable", CancellationToken cancellationToken = default)
    {
        if (!ModelReference.IsLabel(label))
        {
            throw new ArgumentException($"'{label}' is no label: 1 to 64 letters, digits and underscores are", nameof(label));
        }

        var number = await ResolveAsync(new ModelReference(name, version, null), cancellationToken).ConfigureAwait(false);
        loader.Load(PathOf(name, number)).Servable.Dispose();
        await ChangeAsync(name, record => record.WithLabel(label, number), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a label back to the version that had it before.</summary>
    /// <returns>That version.</returns>
    /// <exception cref="ServableException">No earlier version had it that is still there.</exception>
    public async ValueTask<long> RollBackAsync(string name, string label = "stable", CancellationToken cancellationToken = default)
    {
        var versions = Versions(name);
        var back = -1L;
        await ChangeAsync(
            name,
            record =>
            {
                var earlier = record.Earlier.GetValueOrDefault(label, []).Where(versions.Contains).ToArray();
                back = earlier.Length > 0 ? earlier[^1] : throw new ServableException(ServableError.FailedPrecondition, $"no earlier version of '{name}' had the label '{label}'");
                var moved = record.WithLabel(label, back);
                return moved with { Earlier = new Dictionary<string, IReadOnlyList<long>>(moved.Earlier) { [label] = earlier[..^1] } };
            },
            cancellationToken).ConfigureAwait(false);
        return back;
    }

    /// <summary>Takes a label away.</summary>
    public ValueTask RemoveLabelAsync(string name, string label, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, record => record.WithLabel(label, null), cancellationToken);

    /// <summary>Says which versions are loaded.</summary>
    public ValueTask SetPolicyAsync(string name, VersionPolicy policy, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, record => record with { Policy = policy.ToString() }, cancellationToken);

    /// <summary>Begins to try a version beside the one in force.</summary>
    /// <exception cref="ServableException">There is no such version, or it is in force already.</exception>
    /// <exception cref="ModelFormatException">The version cannot be used.</exception>
    /// <exception cref="ArgumentException">A share is not within 0 to 1, or both are 0; or the rule is of another form.</exception>
    public async ValueTask StartRolloutAsync(string name, ModelRollout rollout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        if (rollout is not { Shadow: >= 0 and <= 1, Canary: >= 0 and <= 1 } || rollout.Shadow + rollout.Canary == 0)
        {
            throw new ArgumentException($"the shares are {rollout.Shadow} and {rollout.Canary}; both are 0 to 1, and one is above 0", nameof(rollout));
        }

        if (rollout.Rule.Length > 0)
        {
            try
            {
                ComparisonRule.Parse(rollout.Rule);
            }
            catch (FormatException e)
            {
                throw new ArgumentException(e.Message, nameof(rollout), e);
            }
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(rollout.Requests, 1);
        var number = await ResolveAsync(new ModelReference(name, rollout.Version, null), cancellationToken).ConfigureAwait(false);
        loader.Load(PathOf(name, number)).Servable.Dispose();
        var versions = Versions(name);
        await ChangeAsync(
            name,
            record =>
            {
                // Without a label the newest would be in force, and that is as a rule the one to be tried.
                var stable = record.Labels.TryGetValue("stable", out var labelled) ? labelled : versions.LastOrDefault(version => version != number, number);
                return stable == number
                    ? throw new ServableException(ServableError.FailedPrecondition, $"version {number} of '{name}' is in force already")
                    : record.WithLabel("stable", stable).WithLabel("canary", number) with { Rollout = rollout with { StartedAt = (time ?? TimeProvider.System).GetUtcNow(), State = ModelRollout.Running, Reason = string.Empty } };
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the trial of a version: promotes it, or goes on without it.</summary>
    /// <param name="name">Of the model.</param>
    /// <param name="version">Of the trial; one of another version is left alone.</param>
    /// <param name="isPromoted">Whether it becomes the stable one.</param>
    /// <param name="reason">Why, in words.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>false when no trial of the version was under way.</returns>
    public async ValueTask<bool> EndRolloutAsync(string name, long version, bool isPromoted, string reason, CancellationToken cancellationToken = default)
    {
        var isEnded = false;
        await ChangeAsync(
            name,
            record =>
            {
                isEnded = record.Rollout is { State: ModelRollout.Running } rollout && rollout.Version == version;
                var changed = !isEnded ? record : record.WithLabel("canary", null) with { Rollout = record.Rollout! with { State = isPromoted ? ModelRollout.Promoted : ModelRollout.Stopped, Reason = reason } };
                return isEnded && isPromoted ? changed.WithLabel("stable", version) : changed;
            },
            cancellationToken).ConfigureAwait(false);
        return isEnded;
    }

    /// <summary>Key of the document in which servers put what a trial has measured.</summary>
    public static string ComparisonKeyOf(string name) => "comparisons/" + name;

    /// <summary>What the trial of a model has measured so far, as servers last wrote it; null where there was none.</summary>
    /// <exception cref="IOException">The store failed, or holds something else.</exception>
    public async ValueTask<ScorerComparisonReport?> ReadComparisonAsync(string name, CancellationToken cancellationToken = default)
    {
        var document = await control.GetAsync(ComparisonKeyOf(name), cancellationToken).ConfigureAwait(false);
        try
        {
            return document is null ? null : ModelJson.Parse<ScorerComparisonReport>(document.Json);
        }
        catch (JsonException e)
        {
            throw new IOException($"the control store's document '{document!.Key}' is not a comparison: {e.Message}", e);
        }
    }

    /// <summary>Keeps what a trial has measured; of several writers the last one's stays.</summary>
    public async ValueTask WriteComparisonAsync(string name, ScorerComparisonReport report, CancellationToken cancellationToken = default)
    {
        var before = await control.GetAsync(ComparisonKeyOf(name), cancellationToken).ConfigureAwait(false);
        try
        {
            await control.PutAsync(ComparisonKeyOf(name), ModelJson.Text(report), before?.Version ?? 0, cancellationToken).ConfigureAwait(false);
        }
        catch (ControlConflictException)
        {
            // Another server has just written what it saw.
        }
    }

    /// <summary>Loads a version to rank with, outside of a server.</summary>
    /// <returns>Makes scorers; to be disposed of after the last.</returns>
    /// <exception cref="ServableException">There is no such version.</exception>
    /// <exception cref="ModelFormatException">The version cannot be used.</exception>
    public async ValueTask<OpenModel> OpenAsync(ModelReference reference, CancellationToken cancellationToken = default)
    {
        var version = await ResolveAsync(reference, cancellationToken).ConfigureAwait(false);
        return new OpenModel(reference.Name, version, loader.Load(PathOf(reference.Name, version)));
    }

    internal static ModelRecord Parse(ControlDocument? document)
    {
        try
        {
            return document is null ? new ModelRecord() : ModelJson.Parse<ModelRecord>(document.Json);
        }
        catch (JsonException e)
        {
            throw new IOException($"the control store's document '{document!.Key}' is not a model's: {e.Message}", e);
        }
    }

    private async ValueTask ChangeAsync(string name, Func<ModelRecord, ModelRecord> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var document = await control.GetAsync(KeyOf(name), cancellationToken).ConfigureAwait(false);
            var changed = ModelJson.Text(change(Parse(document)));
            try
            {
                await control.PutAsync(KeyOf(name), changed, document?.Version ?? 0, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ControlConflictException)
            {
                // Somebody else changed it meanwhile: on top of that.
            }
        }
    }

    private long Place(string name, string work, long? version)
    {
        while (true)
        {
            var number = version ?? (Versions(name) is [.., var last] ? last + 1 : 1);
            var path = Path.Combine(Folder, name, number.ToString(CultureInfo.InvariantCulture));
            if (version is not null && Directory.Exists(PathOf(name, number)))
            {
                throw new ServableException(ServableError.AlreadyExists, $"the model '{name}' has a version {number} already");
            }

            try
            {
                Directory.Move(work, path);
                return number;
            }
            catch (IOException) when (version is null && Directory.Exists(path))
            {
                // Another writer took the number; the next one.
            }
        }
    }

    private static Dictionary<string, ModelVersionRecord> With(IReadOnlyDictionary<string, ModelVersionRecord> versions, long number, ModelDescription description, string hash) => new(versions)
    {
        [number.ToString(CultureInfo.InvariantCulture)] = new ModelVersionRecord
        {
            Hash = hash,
            Kind = description.Kind,
            AddedAt = description.CreatedAt,
            Parent = description.Parent,
            Release = description.Release,
            DataWindowMs = description.LastEventMs == 0 ? [] : [description.FirstEventMs, description.LastEventMs],
            Metrics = description.Metrics,
        },
    };

    private static async ValueTask CopyAsync(string source, string target, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(target);
        if (File.Exists(source))
        {
            await CopyFileAsync(source, Path.Combine(target, NameInRegistry(source)), cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!Directory.Exists(source))
        {
            throw new FileNotFoundException($"there is no file or folder '{source}'", source);
        }

        foreach (var path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            await CopyFileAsync(path, copy, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The name by which the kind of a model in one file is known.</summary>
    public static string NameInRegistry(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".onnx" => "model.onnx",
        ".pmml" or ".xml" => "model.pmml",
        _ => Path.GetFileName(path),
    };

    private static async ValueTask CopyFileAsync(string source, string target, CancellationToken cancellationToken)
    {
        await using var from = File.OpenRead(source);
        await using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await from.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
        to.Flush(flushToDisk: true);
    }
}
