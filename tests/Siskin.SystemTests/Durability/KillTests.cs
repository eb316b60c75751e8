using Siskin.SystemTests.Processes;

namespace Siskin.SystemTests.Durability;

/// <summary>What was acknowledged is there, however a server ends.</summary>
public sealed class KillTests : IDisposable
{
    private const int Rounds = 20;
    private const int Clients = 4;

    private readonly TemporaryHome _home = new();

    [Fact]
    public async Task Twenty_kills_under_load_lose_nothing_that_was_acknowledged_and_store_nothing_twice()
    {
        var random = new Random(9);
        var clients = Enumerable.Range(0, Clients).Select(c => new BatchClient($"client{c}")).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            await using var server = await ServerProcess.StartAsync(_home.Directory);
            var before = clients.Sum(c => c.Acknowledged);
            var posting = clients.Select(c => Task.Run(() => c.PostUntilGoneAsync(server.Client))).ToArray();

            // The moment counts from the first acknowledgement, so that each round has traffic on a busy machine, too.
            while (clients.Sum(c => c.Acknowledged) == before && !posting.Any(p => p.IsCompleted))
            {
                await Task.Delay(5);
            }

            await Task.Delay(random.Next(10, 250));
            await server.KillAsync();
            await Task.WhenAll(posting);
            Assert.True(clients.Sum(c => c.Acknowledged) > before, $"Nothing was acknowledged in round {round}:\n{server.Output}");
        }

        await using (var server = await ServerProcess.StartAsync(_home.Directory))
        {
            // Each repeats what was in flight at the last kill.
            foreach (var client in clients)
            {
                await client.PostNextAsync(server.Client);
            }

            Assert.Equal(0, await server.StopAsync());
        }

        await AssertHoldsExactlyAsync(clients);
    }

    [Fact]
    public async Task Sigterm_under_load_ends_the_server_with_success_and_loses_nothing()
    {
        var clients = Enumerable.Range(0, Clients).Select(c => new BatchClient($"client{c}")).ToArray();
        await using (var server = await ServerProcess.StartAsync(_home.Directory))
        {
            var posting = clients.Select(c => Task.Run(() => c.PostUntilGoneAsync(server.Client))).ToArray();
            while (clients.Any(c => c.Acknowledged < 3))
            {
                await Task.Delay(5);
            }

            Assert.Equal(0, await server.StopAsync());
            await Task.WhenAll(posting);
            Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
        }

        await using (var server = await ServerProcess.StartAsync(_home.Directory))
        {
            foreach (var client in clients)
            {
                await client.PostNextAsync(server.Client);
            }
        }

        await AssertHoldsExactlyAsync(clients);
    }

    [Fact]
    public async Task A_second_server_of_a_home_fails_with_a_clear_message_and_leaves_the_first_alone()
    {
        await using var server = await ServerProcess.StartAsync(_home.Directory);
        var second = await SiskinProgram.RunAsync("serve", "--home", _home.Directory, "--urls", "http://127.0.0.1:0");
        Assert.True(second.ExitCode == 1, second.ToString());
        var line = Assert.Single(second.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("in use", line, StringComparison.Ordinal);
        Assert.Contains(_home.Directory, line, StringComparison.Ordinal);
        Assert.DoesNotContain("Serving", second.Output, StringComparison.Ordinal);

        var client = new BatchClient("first");
        await client.PostNextAsync(server.Client);
        Assert.Equal(1, client.Acknowledged);
    }

    public void Dispose() => _home.Dispose();

    private async Task AssertHoldsExactlyAsync(BatchClient[] clients)
    {
        var batches = await _home.ReadEventsAsync();
        var expected = clients.SelectMany(c => Enumerable.Range(0, c.Acknowledged).SelectMany(b => Enumerable.Range(0, BatchClient.BatchSize).Select(i => c.EventId(b, i))));
        Assert.Equal(expected.Order(StringComparer.Ordinal), batches.SelectMany(b => b.Events.Select(e => e.Id)).Order(StringComparer.Ordinal));
        Assert.All(batches, b => Assert.Equal(BatchClient.BatchSize, b.Events.Count));
    }
}
