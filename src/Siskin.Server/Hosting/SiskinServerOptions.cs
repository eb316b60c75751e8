using System.Globalization;
using Siskin.Data;

namespace Siskin.Server.Hosting;

/// <summary>Limits and keys of the HTTP API.</summary>
public sealed record SiskinServerOptions
{
    /// <summary>Shortest API key, in characters.</summary>
    public const int MinApiKeyLength = 16;

    /// <summary>Longest API key, in characters.</summary>
    public const int MaxApiKeyLength = 256;

    /// <summary>Largest body of a request, in bytes; 1,024 to 1,073,741,824.</summary>
    /// <value>33,554,432 (32 MiB).</value>
    public long MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most items, users or events in one request; 1 to 100,000.</summary>
    /// <value>10,000.</value>
    public int MaxBatch { get; init; } = 10_000;

    /// <summary>Keys of which a request must carry one; without any, requests need none.</summary>
    /// <value>None. Each has 16 to 256 printable ASCII characters without spaces.</value>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Whether a server without keys may be reached from other machines.</summary>
    /// <value>false: such a server does not start.</value>
    public bool AllowAnonymous { get; init; }

    /// <summary>Most open connections; 1 to 1,000,000. Used by <see cref="SiskinServiceCollectionExtensions.AddSiskinKestrelLimits"/>.</summary>
    /// <value>10,000.</value>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>How long a connection may be idle; 1 second to 1 hour. Used by <see cref="SiskinServiceCollectionExtensions.AddSiskinKestrelLimits"/>.</summary>
    /// <value>2 minutes.</value>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Says everything that is wrong; empty when nothing is.</summary>
    public IReadOnlyList<ValidationError> Validate()
    {
        var errors = new List<ValidationError>();
        CheckRange(MaxBodyBytes, 1_024, 1L << 30, nameof(MaxBodyBytes), errors);
        CheckRange(MaxBatch, 1, 100_000, nameof(MaxBatch), errors);
        CheckRange(MaxConnections, 1, 1_000_000, nameof(MaxConnections), errors);
        if (KeepAlive < TimeSpan.FromSeconds(1) || KeepAlive > TimeSpan.FromHours(1))
        {
            errors.Add(new(nameof(KeepAlive), $"is {KeepAlive}; 00:00:01 to 01:00:00 is allowed"));
        }

        for (var i = 0; i < ApiKeys.Count; i++)
        {
            // The key itself is not repeated: messages end up in logs.
            if (ApiKeys[i] is not { Length: >= MinApiKeyLength and <= MaxApiKeyLength } key || !key.All(c => c is > ' ' and < '\x7f'))
            {
                errors.Add(new($"{nameof(ApiKeys)}[{i}]", $"must have {MinApiKeyLength} to {MaxApiKeyLength} printable ASCII characters without spaces"));
            }
        }

        return errors;
    }

    private static void CheckRange(long value, long min, long max, string field, List<ValidationError> errors)
    {
        if (value < min || value > max)
        {
            errors.Add(new(field, string.Create(CultureInfo.InvariantCulture, $"is {value}; {min} to {max} is allowed")));
        }
    }
}
