using System.Buffers;
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
    public static async ValueTask<RequestBody> ReadAsync(HttpContext http, long maxBytes, bool allowsLines, bool allowsPatch)
    {
        var request = http.Request;
        var isLines = CheckContentType(request, allowsLines, allowsPatch);
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
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _buffer.Length, _length + length), Array.MaxLength));
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        chunk.CopyTo(_buffer.AsSpan(_length));
        _length += length;
    }
}
