using Siskin.Serving.Candidates;

namespace Siskin.Serving.Recall;

/// <summary>Finds candidates in one way.</summary>
/// <remarks>One instance serves all requests at once: it keeps no state of a request.</remarks>
public interface IRecallChannel
{
    /// <summary>Name: lower-case letters, digits and hyphens; unique.</summary>
    string Name { get; }

    /// <summary>What it finds, in one sentence.</summary>
    string Description { get; }

    /// <summary>Quota in scenes that set none.</summary>
    int DefaultQuota { get; }

    /// <summary>
    /// Whether it runs on the request's own thread: only for channels that never wait and take well under a millisecond,
    /// since nothing can take the thread away from them. Others run beside it and are dropped when they are late.
    /// </summary>
    bool IsInline { get; }

    /// <summary>Offers candidates to the lease, best first, until its quota is reached or there are no more.</summary>
    /// <param name="context">The request and what is known of its user.</param>
    /// <param name="lease">Where candidates go; valid until the returned task ends, even past the deadline.</param>
    /// <param name="cancellationToken">Cancelled at the channel's deadline.</param>
    ValueTask RecallAsync(RecallContext context, ChannelLease lease, CancellationToken cancellationToken);
}
