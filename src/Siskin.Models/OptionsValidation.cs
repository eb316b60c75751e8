using System.ComponentModel.DataAnnotations;

namespace Siskin.Models;

/// <summary>Checks the [Range] attributes of an options record.</summary>
internal static class OptionsValidation
{
    /// <exception cref="ArgumentException">A value is out of range; the message names every one.</exception>
    public static void Check(object options)
    {
        var findings = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), findings, validateAllProperties: true))
        {
            throw new ArgumentException(string.Join(" ", findings.Select(f => f.ErrorMessage)), nameof(options));
        }
    }
}
