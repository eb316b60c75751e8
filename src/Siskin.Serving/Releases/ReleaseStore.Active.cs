using System.Text.Json.Serialization.Metadata;
using Siskin.Vectors;
using Siskin.Vectors.Persistence;

namespace Siskin.Serving.Releases;

/// <content>Which release is active: the pin, and the gates' marks.</content>
public sealed partial class ReleaseStore
{
    private const string PinName = "active.json";
    private const string HeldName = "held";

    /// <summary>Path of the pin.</summary>
    public string PinPath => Path.Combine(Directory, PinName);

    /// <summary>Reads the pin.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ModelFormatException">It is damaged, or not of the form expected.</exception>
    public ReleasePin? ReadPin()
    {
        if (!File.Exists(PinPath))
        {
            return null;
        }

        var pin = ReadJson(PinPath, ReleaseJson.Default.ReleasePin);
        if (pin.Format != ReleasePin.CurrentFormat)
        {
            throw new ModelFormatException(PinPath, -1, $"format {pin.Format}; this program reads format {ReleasePin.CurrentFormat}");
        }

        return pin.Check == pin.ExpectedCheck && pin.Active >= 0 && pin.Previous >= 0 && (pin.Active > 0 || !pin.IsPinned)
            ? pin
            : throw new ModelFormatException(PinPath, -1, "its check does not fit its content: it is damaged, or was written by hand");
    }

    /// <summary>What servers shall serve: the pinned release, or the newest that its gate lets pass.</summary>
    /// <exception cref="ModelFormatException">The pin is damaged.</exception>
    public ReleaseChoice Choose()
    {
        var pin = ReadPin();
        if (pin is { IsPinned: true })
        {
            return new ReleaseChoice(pin.Active, pin.Previous, true);
        }

        var numbers = List();
        var active = NewestBelow(numbers, int.MaxValue);
        return new ReleaseChoice(active, pin is not null && pin.Active == active ? pin.Previous : NewestBelow(numbers, active), false);
    }

    /// <summary>Makes servers serve a release, whatever newer ones there are.</summary>
    /// <param name="number">The release.</param>
    /// <param name="verify">Whether all of it is read first, so that what is damaged is told here, before any server tries; else its manifest alone.</param>
    /// <returns>What was active before.</returns>
    /// <exception cref="ModelFormatException">The release is missing or damaged; nothing is changed.</exception>
    public ReleaseChoice Activate(int number, bool verify = true)
    {
        var manifest = ReadManifest(number);
        if (verify)
        {
            Verify(PathOf(number), manifest);
        }

        var before = ChooseOrNewest();
        WritePin(true, number, before.Active == number ? before.Previous : before.Active);
        return before;
    }

    /// <summary>Makes servers follow the newest release again.</summary>
    /// <returns>What was active before.</returns>
    public ReleaseChoice ActivateNewest()
    {
        var before = ChooseOrNewest();
        var newest = NewestBelow(List(), int.MaxValue);
        WritePin(false, newest, before.Active == newest ? before.Previous : before.Active);
        return before;
    }

    /// <summary>Makes servers go back to the release that was active before, and stay with it.</summary>
    /// <returns>What was active before, and what now is: its <see cref="ReleaseChoice.Previous"/>.</returns>
    /// <exception cref="InvalidOperationException">There is no release to go back to.</exception>
    /// <exception cref="ModelFormatException">The pin, or that release, is damaged.</exception>
    /// <remarks>Twice leads back to where one was. Servers keep that release in memory and swap it in without reading.</remarks>
    public ReleaseChoice Rollback()
    {
        var before = Choose();
        if (before.Previous == 0)
        {
            throw new InvalidOperationException($"{Directory} has no release that was active before release {before.Active}");
        }

        // Its manifest alone: haste is the point, and servers have it in memory.
        ReadManifest(before.Previous);
        WritePin(true, before.Previous, before.Active);
        return before;
    }

    /// <summary>The mark that a gate left on a release.</summary>
    /// <returns>Null when no gate has seen it: servers take it up.</returns>
    /// <remarks>A mark that cannot be read counts as refused, with the reason.</remarks>
    public ReleaseGate? ReadGate(int number)
    {
        var path = GatePath(number);
        if (!File.Exists(path))
        {
            return File.Exists(Path.Combine(PathOf(number), HeldName)) ? new ReleaseGate(number, GateState.Held, "waits for its gate", default) : null;
        }

        try
        {
            return ReadJson(path, ReleaseJson.Default.ReleaseGate);
        }
        catch (ModelFormatException e)
        {
            return new ReleaseGate(number, GateState.Refused, e.Message, default);
        }
    }

    /// <summary>Leaves a gate's mark on a release.</summary>
    public void WriteGate(int number, GateState state, string reason) =>
        Replace(GatePath(number), new ReleaseGate(number, state, reason, Now()), ReleaseJson.Default.ReleaseGate);

    /// <summary>Whether servers that follow the newest may take a release up.</summary>
    public bool IsOpen(int number) => ReadGate(number) is null or { State: GateState.Passed };

    /// <summary>Compares every file of a release with its manifest.</summary>
    /// <exception cref="ModelFormatException">A file is missing or damaged.</exception>
    public void Verify(int number) => Verify(PathOf(number), ReadManifest(number));

    private string GatePath(int number) => PathOf(number) + ".gate.json";

    private DateTimeOffset Now() => (time ?? TimeProvider.System).GetUtcNow();

    private int NewestBelow(IReadOnlyList<int> numbers, int below)
    {
        for (var i = numbers.Count - 1; i >= 0; i--)
        {
            if (numbers[i] < below && IsOpen(numbers[i]))
            {
                return numbers[i];
            }
        }

        return 0;
    }

    /// <summary>For changing the pin: one that is damaged is overwritten, and says nothing of what was before.</summary>
    private ReleaseChoice ChooseOrNewest()
    {
        try
        {
            return Choose();
        }
        catch (ModelFormatException)
        {
            return new ReleaseChoice(NewestBelow(List(), int.MaxValue), 0, false);
        }
    }

    private void WritePin(bool isPinned, int active, int previous)
    {
        var pin = new ReleasePin { IsPinned = isPinned, Active = active, Previous = previous, ChangedAt = Now() };
        Replace(PinPath, pin with { Check = pin.ExpectedCheck }, ReleaseJson.Default.ReleasePin);
    }

    /// <summary>Replaces a small file so that nobody sees it half, and it is there after a loss of power.</summary>
    private void Replace<T>(string path, T value, JsonTypeInfo<T> type)
    {
        System.IO.Directory.CreateDirectory(Directory);
        var beside = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            WriteJson(beside, value, type);
            File.Move(beside, path, overwrite: true);
            FolderSync.Flush(Directory);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}
