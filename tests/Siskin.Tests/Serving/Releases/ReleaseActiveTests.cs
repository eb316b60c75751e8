using Siskin.Serving.Releases;
using Siskin.Tests.Storage;
using Siskin.Vectors;

namespace Siskin.Tests.Serving.Releases;

public sealed class ReleaseActiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ReleaseStore _store;

    public ReleaseActiveTests() => _store = new ReleaseStore(_folder.File("releases"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_pin_the_newest_is_active_and_the_one_before_it_previous()
    {
        Assert.Equal(new ReleaseChoice(0, 0, false), _store.Choose());
        Write(3);
        Assert.Null(_store.ReadPin());
        Assert.Equal(new ReleaseChoice(3, 2, false), _store.Choose());
    }

    [Fact]
    public void A_pin_stays_beside_newer_releases_and_rollback_goes_to_what_was_active_and_back()
    {
        Write(3);
        Assert.Equal(3, _store.Activate(1).Active);
        Write(1);
        Assert.Equal(new ReleaseChoice(1, 3, true), _store.Choose());
        Assert.Equal(3, _store.Rollback().Previous);
        Assert.Equal(new ReleaseChoice(3, 1, true), _store.Choose());
        _store.Rollback();
        Assert.Equal(new ReleaseChoice(1, 3, true), _store.Choose());

        _store.ActivateNewest();
        Assert.Equal(new ReleaseChoice(4, 1, false), _store.Choose());
        Write(1);
        Assert.Equal(new ReleaseChoice(5, 4, false), _store.Choose());
        _store.Rollback();
        Assert.Equal(new ReleaseChoice(4, 5, true), _store.Choose());
    }

    [Fact]
    public void Rollback_without_a_release_before_is_refused_and_changes_nothing()
    {
        Write(1);
        Assert.Throws<InvalidOperationException>(() => _store.Rollback());
        Assert.Null(_store.ReadPin());
    }

    [Fact]
    public void A_damaged_release_cannot_be_activated()
    {
        Write(2);
        File.AppendAllText(Path.Combine(_store.PathOf(1), "users.col"), "x");
        Assert.Throws<ModelFormatException>(() => _store.Activate(1));
        Assert.Throws<ModelFormatException>(() => _store.Activate(7));
        Assert.Null(_store.ReadPin());
    }

    [Fact]
    public void Any_changed_or_missing_byte_of_the_pin_is_found()
    {
        Write(2);
        _store.Activate(1);
        var whole = File.ReadAllText(_store.PinPath);
        for (var length = 0; length < whole.TrimEnd().Length; length++)
        {
            File.WriteAllText(_store.PinPath, whole[..length]);
            Assert.Throws<ModelFormatException>(() => _store.ReadPin());
        }

        foreach (var changed in new[] { whole.Replace("\"active\": 1", "\"active\": 2", StringComparison.Ordinal), whole.Replace("\"previous\": 2", "\"previous\": 1", StringComparison.Ordinal), whole.Replace("true", "false", StringComparison.Ordinal) })
        {
            Assert.NotEqual(whole, changed);
            File.WriteAllText(_store.PinPath, changed);
            Assert.Throws<ModelFormatException>(() => _store.ReadPin());
        }

        // Activating again is the way out.
        _store.Activate(2);
        Assert.Equal(2, _store.Choose().Active);
        Assert.Empty(Directory.GetFiles(_store.Directory, "*.partial"));
    }

    [Fact]
    public void Prune_never_deletes_the_active_or_the_previous()
    {
        Write(5);
        _store.Activate(2);
        Assert.Equal([1, 3, 4], _store.Prune(1));
        Assert.Equal([2, 5], _store.List());
        _store.Activate(5);
        _store.ActivateNewest();
        Write(2);
        Assert.Equal([2, 5], _store.Prune(1, keepPrevious: true));
        Assert.Equal([6, 7], _store.List());

        File.WriteAllText(_store.PinPath, "{");
        Assert.Throws<ModelFormatException>(() => _store.Prune(1));
        Assert.Equal([6, 7], _store.List());
    }

    [Fact]
    public void A_held_release_waits_until_its_gate_lets_it_pass()
    {
        Write(1, ("ndcg@10", 0.2));
        Write(1, ("ndcg@10", 0.15), held: true);
        Write(1, ("ndcg@10", 0.195), held: true);
        Assert.Equal(GateState.Held, _store.ReadGate(2)!.State);
        Assert.Equal(1, _store.Choose().Active);

        var marks = ReleaseJudge.Judge(_store, GateRule.Default);
        Assert.Equal([(2, GateState.Refused), (3, GateState.Passed)], marks.Select(m => (m.Release, m.State)));
        Assert.Equal("ndcg@10 0.15, below 0.97 of the 0.2 of release 1", marks[0].Reason);
        Assert.Equal(new ReleaseChoice(3, 1, false), _store.Choose());
        Assert.Empty(ReleaseJudge.Judge(_store, GateRule.Default));

        // By hand it is taken all the same; a mark that is damaged refuses.
        _store.Activate(2);
        Assert.Equal(2, _store.Choose().Active);
        _store.ActivateNewest();
        File.WriteAllText(_store.PathOf(3) + ".gate.json", "{");
        Assert.Equal(1, _store.Choose().Active);
        Assert.Equal([2], _store.Prune(1));
        Assert.False(File.Exists(_store.PathOf(2) + ".gate.json"));
    }

    [Theory]
    [InlineData("ndcg@10>=0.97*active", "ndcg@10", 0.97)]
    [InlineData(" recall@10 >= 1.05 * active ", "recall@10", 1.05)]
    public void A_rule_is_read(string text, string metric, double share)
    {
        Assert.Equal(new GateRule(metric, share), GateRule.TryParse(text));
        Assert.Equal(new GateRule(metric, share), GateRule.TryParse(new GateRule(metric, share).ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ndcg@10")]
    [InlineData("ndcg@10>=0.97")]
    [InlineData("ndcg@10>=-1*active")]
    [InlineData("ndcg@10>=0.97*newest")]
    [InlineData(">=1*active")]
    [InlineData("a>=1*active>=2*active")]
    public void What_is_no_rule_is_not_read(string text) => Assert.Null(GateRule.TryParse(text));

    [Fact]
    public void A_rule_says_what_it_lacks()
    {
        var (none, some) = (new ReleaseManifest { Number = 1 }, new ReleaseManifest { Number = 2, Metrics = new Dictionary<string, double> { ["ndcg@10"] = 0.1 } });
        Assert.Equal((false, "it has no ndcg@10"), GateRule.Default.Decide(none, some));
        Assert.Equal((true, "ndcg@10 0.1; release 1 has none to compare with"), GateRule.Default.Decide(some, none));
        Assert.Equal((true, "ndcg@10 0.1; no release was active"), GateRule.Default.Decide(some, null));
        Assert.True(GateRule.Default.Decide(some, some).Passes);
    }

    [Fact]
    public void Copies_are_whole_and_only_what_is_missing_is_copied()
    {
        Write(3);
        Write(1, held: true);
        var shared = new ReleaseStore(_folder.File("shared"));
        Assert.Equal([3], ReleaseTransfer.Copy(_store, shared, newestOnly: true));
        Assert.Equal([1, 2], ReleaseTransfer.Copy(_store, shared));
        Assert.Empty(ReleaseTransfer.Copy(_store, shared));
        Assert.Equal([1, 2, 3], shared.List());
        Assert.Equal(File.ReadAllBytes(Path.Combine(_store.PathOf(2), "items.col")), File.ReadAllBytes(Path.Combine(shared.PathOf(2), "items.col")));
        Assert.Equal(2, shared.Read(2).Manifest.Number);
    }

    [Fact]
    public void A_copy_of_a_damaged_release_is_not_there_and_another_release_of_the_same_number_is_an_error()
    {
        Write(2);
        var shared = new ReleaseStore(_folder.File("shared"));
        var path = Path.Combine(_store.PathOf(2), "items.col");
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Contains("SHA-256", Assert.Throws<ModelFormatException>(() => ReleaseTransfer.Copy(_store, shared)).Message, StringComparison.Ordinal);
        Assert.Equal([1], shared.List());
        Assert.Single(Directory.GetFileSystemEntries(shared.Directory));

        var other = new ReleaseStore(_folder.File("other"));
        other.Write(SmallRelease.WithItems(3).Build());
        Assert.Contains("another release", Assert.Throws<ModelFormatException>(() => ReleaseTransfer.Copy(other, shared)).Message, StringComparison.Ordinal);
    }

    private void Write(int count, (string Name, double Value)? metric = null, bool held = false)
    {
        for (var i = 0; i < count; i++)
        {
            var release = SmallRelease.WithItems(2).Build();
            var metrics = metric is { } m ? new Dictionary<string, double> { [m.Name] = m.Value } : [];
            _store.Write(release.With(release.Manifest with { Metrics = metrics }, null, null, null), held);
        }
    }
}
