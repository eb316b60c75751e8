using Siskin.Serving.Releases;
using Siskin.Serving.Snapshot;

namespace Siskin.Tests.Serving.Snapshot;

public sealed class UserActivityTests
{
    [Fact]
    public void At_the_cap_the_older_half_goes()
    {
        var activity = new UserActivity();
        for (var i = 0; i < 10_000; i++)
        {
            activity.Append(Entry(i));
            var entries = activity.Entries;
            Assert.InRange(entries.Length, Math.Min(i + 1, UserActivity.MaxEntries / 2), UserActivity.MaxEntries);
            Assert.Equal(i, entries[^1].Position);
            Assert.Equal(i - entries.Length + 1, entries[0].Position);
        }
    }

    [Fact]
    public void Entries_before_a_position_can_be_forgotten_and_others_follow()
    {
        var activity = new UserActivity();
        for (var i = 0; i < 20; i++)
        {
            activity.Append(Entry(i));
        }

        Assert.True(activity.ForgetBefore(15));
        Assert.Equal([15, 16, 17, 18, 19], activity.Entries.ToArray().Select(e => e.Position));
        Assert.False(activity.ForgetBefore(100));
        activity.Append(Entry(100));
        Assert.Equal([100], activity.Entries.ToArray().Select(e => e.Position));
    }

    [Fact]
    public async Task A_reader_beside_the_writer_sees_entries_without_a_gap()
    {
        const int Count = 200_000;
        var activity = new UserActivity();
        var done = false;
        var reader = Task.Run(() =>
        {
            var wrong = 0;
            while (!Volatile.Read(ref done))
            {
                var entries = activity.Entries;
                for (var i = 1; i < entries.Length; i++)
                {
                    wrong += entries[i].Position != entries[i - 1].Position + 1 ? 1 : 0;
                }
            }

            return wrong;
        });
        for (var i = 0; i < Count; i++)
        {
            activity.Append(Entry(i));
        }

        Volatile.Write(ref done, true);
        Assert.Equal(0, await reader);
    }

    [Fact]
    public void A_directory_forgets_users_without_entries()
    {
        var directory = new UserDirectory();
        directory.Add("u", 1, 1, 5, 1, HistoryFlags.Consumed);
        directory.Add("v", 1, 1, 50, 1, HistoryFlags.Consumed);
        directory.ForgetBefore(10);
        Assert.Equal(1, directory.ActiveUsers);
        Assert.Null(directory.ActivityOf("u"));
        Assert.NotNull(directory.ActivityOf("v"));
    }

    private static ActivityEntry Entry(long number) => new(number, number, number, 1, HistoryFlags.Consumed);
}
