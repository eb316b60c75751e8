using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Siskin.Server.Api;

/// <summary>A request's whole body in a pooled buffer.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstSize = 16 * 1024;

    private byte[] _buffer;
    private int _length;

    private RequestBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The bytes; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Whether the request says that it holds one object per line.</summary>
    public bool IsLines { get; private init; }

    /// <summary>Reads the body, chunked or not, up to a limit.</summary>
    /// <exception cref="ProblemException">Not JSON by its headers, or larger than the limit.</exception>
    public static ValueTask<RequestBody> ReadAsync(HttpContext http, long maxBytes, bool allowsLines, bool allowsPatch) =>
        ReadAsync(http, maxBytes, CheckContentType(http.Request, allowsLines, allowsPatch));

    /// <summary>Reads the body whatever its Content-Type says, and unpacks it, for protocols whose clients do not care.</summary>
    /// <exception cref="ProblemException">Larger than the limit, packed or not; or packed in a way that is not known.</exception>
    public static async ValueTask<RequestBody> ReadAnyAsync(HttpContext http, long maxBytes)
    {
        var body = await ReadAsync(http, maxBytes, isLines: false).ConfigureAwait(false);
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return body;
        }

        using (body)
        {
            return body.Unpack(encoding, maxBytes);
        }
    }

    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _length = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<RequestBody> ReadAsync(HttpContext http, long maxBytes, bool isLines)
    {
        var request = http.Request;
        if (request.ContentLength > maxBytes)
        {
            throw new ProblemException(Problem.BodyTooLarge(maxBytes));
        }

        // The limit below replaces the server's own, which would end the connection without saying why.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = null;
        }

        // A stated length is a promise, not yet bytes: memory grows with what arrives.
        var body = new RequestBody((int)Math.Clamp(request.ContentLength ?? FirstSize, 256, 16 * FirstSize)) { IsLines = isLines };
        try
        {
            await body.FillAsync(request.BodyReader, maxBytes, http.RequestAborted).ConfigureAwait(false);
            return body;
        }
        catch (Exception e)
        {
            body.Dispose();
            if (e is IOException and not BadHttpRequestException)
            {
                throw new OperationCanceledException("The client went away while it was sending.", e);
            }

            throw;
        }
    }

    private static bool CheckContentType(HttpRequest request, bool allowsLines, bool allowsPatch)
    {
        var allowed = allowsLines ? "application/json or application/x-ndjson"
            : allowsPatch ? "application/merge-patch+json or application/json"
            : "application/json";
        if (!MediaTypeHeaderValue.TryParse(new StringSegment(request.ContentType), out var type))
        {
            throw new ProblemException(Problem.UnsupportedMediaType($"The header Content-Type is missing or malformed; {allowed} is expected."));
        }

        var isLines = allowsLines && (Is(type, "application/x-ndjson") || Is(type, "application/ndjson") || Is(type, "application/jsonl"));
        if (!isLines && !Is(type, "application/json") && !(allowsPatch && Is(type, "application/merge-patch+json")))
        {
            throw new ProblemException(Problem.UnsupportedMediaType(
                $"The Content-Type is {FieldErrors.Shorten(request.ContentType!, 100)}; {allowed} is expected."));
        }

        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(Problem.UnsupportedMediaType("The charset of the body must be UTF-8."));
        }

        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException(Problem.UnsupportedMediaType("Compressed bodies are not accepted; send the body without Content-Encoding."));
        }

        return isLines;
    }

    private static bool Is(MediaTypeHeaderValue type, string name) => type.MediaType.Equals(name, StringComparison.OrdinalIgnoreCase);

    private async ValueTask FillAsync(PipeReader reader, long maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            var chunk = result.Buffer;
            if (_length + chunk.Length > maxBytes)
            {
                reader.AdvanceTo(chunk.End);
                throw new ProblemException(Problem.BodyTooLarge(maxBytes));
            }

            Append(chunk);
            reader.AdvanceTo(chunk.End);
            if (result.IsCompleted)
            {
                return;
            }
        }
    }

    private void Append(ReadOnlySequence<byte> chunk)
    {
        var length = (int)chunk.Length;
        if (_length + length > _buffer.Length)
        {
            Enlarge(_length + length);
        }

        chunk.CopyTo(_buffer.AsSpan(_length));
        _length += length;
    }

    private RequestBody Unpack(string encoding, long maxBytes)
    {
        using var packed = new MemoryStream(_buffer, 0, _length, writable: false);
        using Stream plain = encoding.ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
            _ => throw new ProblemException(Problem.Malformed($"The Content-Encoding is {FieldErrors.Shorten(encoding, 100)}; gzip or deflate is expected.")),
        };
        var body = new RequestBody(4 * FirstSize);
        try
        {
            var chunk = body._buffer.AsSpan();
            for (int read; (read = plain.Read(chunk)) > 0; chunk = body.Room())
            {
                body._length += read;
                if (body._length > maxBytes)
                {
                    throw new ProblemException(Problem.BodyTooLarge(maxBytes));
                }
            }

            return body;
        }
        catch (Exception e)
        {
            body.Dispose();
            throw e is InvalidDataException ? new ProblemException(Problem.Malformed($"The body is not {encoding}: {e.Message}")) : e;
        }
    }

    // The rest of the buffer, which is made larger when nothing is left of it.
    private Span<byte> Room()
    {
        if (_length == _buffer.Length)
        {
            Enlarge(_length + 1);
        }

        return _buffer.AsSpan(_length);
    }

    private void Enlarge(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _buffer.Length, needed), Array.MaxLength));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
