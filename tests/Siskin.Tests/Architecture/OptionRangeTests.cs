using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Siskin.Models;
using Siskin.Models.Embeddings;

namespace Siskin.Tests.Architecture;

public sealed class OptionRangeTests
{
    [Fact]
    public void Ranges_of_fractions_are_ranges_of_fractions()
    {
        // A range of whole numbers rounds what it checks: -0.4 would pass as 0.
        var properties = Directory.GetFiles(AppContext.BaseDirectory, "Siskin.*.dll")
            .Select(Assembly.LoadFrom)
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(property => property.PropertyType == typeof(float) || property.PropertyType == typeof(double))
            .Select(property => (Property: property, Range: property.GetCustomAttribute<RangeAttribute>()))
            .Where(found => found.Range is not null)
            .ToArray();
        Assert.True(properties.Length > 40, $"{properties.Length} properties");
        Assert.Empty(properties.Where(found => found.Range!.OperandType == typeof(int)).Select(found => $"{found.Property.DeclaringType}.{found.Property.Name}"));
    }

    [Theory]
    [InlineData(-0.3)]
    [InlineData(1.3)]
    [InlineData(double.NaN)]
    public void Fractions_outside_their_range_are_refused(double subsampling) =>
        Assert.Throws<ArgumentException>(() => OptionsValidation.Check(new SkipGramOptions { Subsampling = subsampling }));
}
