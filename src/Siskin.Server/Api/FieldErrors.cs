using System.Collections;
using Siskin.Data;

namespace Siskin.Server.Api;

/// <summary>Collects what is wrong with a request: the first finding of each field, up to a limit.</summary>
internal sealed class FieldErrors : ICollection<ValidationError>
{
    /// <summary>How many findings an answer names.</summary>
    public const int Limit = 50;

    private const int MaxFieldLength = 200;
    private const int MaxMessageLength = 1_000;

    private readonly List<ValidationError> _errors = [];

    public int Count => _errors.Count;

    /// <summary>Findings, counted up to one beyond the limit.</summary>
    public int Total { get; private set; }

    /// <summary>Whether looking further is pointless.</summary>
    public bool IsFull => Total > Limit;

    public bool IsReadOnly => false;

    /// <summary>The first finding as a sentence.</summary>
    public string First => _errors.Count == 0 ? string.Empty
        : _errors[0].Field.Length == 0 ? $"The body {_errors[0].Message}."
        : $"{_errors[0].Field} {_errors[0].Message}.";

    /// <summary>Cuts what a caller sent to a length fit for an answer, never through a surrogate pair.</summary>
    public static string Shorten(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    public void Add(string field, string message) => Add(new ValidationError(field, message));

    public void Add(ValidationError item)
    {
        if (IsFull)
        {
            return;
        }

        var field = Shorten(item.Field, MaxFieldLength);
        foreach (var error in _errors)
        {
            // A field of the wrong type is also "missing" to the validator: the first finding is the true one.
            if (error.Field == field)
            {
                return;
            }
        }

        Total++;
        if (_errors.Count < Limit)
        {
            _errors.Add(new(field, Shorten(item.Message, MaxMessageLength)));
        }
    }

    /// <summary>Ends the request when anything was found.</summary>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new ProblemException(Problem.Invalid(this));
        }
    }

    public ValidationError[] ToArray() => [.. _errors];

    public void Clear()
    {
        _errors.Clear();
        Total = 0;
    }

    public bool Contains(ValidationError item) => _errors.Contains(item);

    public void CopyTo(ValidationError[] array, int arrayIndex) => _errors.CopyTo(array, arrayIndex);

    public bool Remove(ValidationError item) => throw new NotSupportedException();

    public IEnumerator<ValidationError> GetEnumerator() => _errors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
