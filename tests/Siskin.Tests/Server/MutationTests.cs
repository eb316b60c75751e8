namespace Siskin.Tests.Server;

/// <summary>Whatever is sent, the server answers sensibly and stores only what it said it stored.</summary>
public sealed class MutationTests
{
    [Fact]
    public async Task No_mutation_of_a_request_brings_a_server_error_or_stores_what_was_refused()
    {
        await using var server = await ServerFixture.StartAsync(overSockets: true);
        await MutationRun.RunAsync(
            server.Client,
            async () => (server.Events.End, await server.Catalogue.GetVersionAsync()),
            new RequestMutator(new Random(20261122)),
            rounds: 10_000);
    }
}
