using Siskin.Data.Catalogue;
using Siskin.Data.Events;

namespace Siskin.Cli.Homes;

/// <summary>A schema as it stands in a file; what is left out has the defaults of <see cref="CatalogueSchema"/>.</summary>
/// <remarks>Properties have setters, since generated deserialisers do not keep the defaults of init-only ones.</remarks>
internal sealed class SchemaDocument
{
    public Attribute[] ItemAttributes { get; set; } = [];

    public Attribute[] UserAttributes { get; set; } = [];

    public EventType[]? EventTypes { get; set; }

    public int? VectorDimension { get; set; }

    public CatalogueSchema ToSchema() => new()
    {
        ItemAttributes = [.. ItemAttributes.Select(attribute => attribute.ToDefinition())],
        UserAttributes = [.. UserAttributes.Select(attribute => attribute.ToDefinition())],
        EventTypes = EventTypes is null ? EventTypeDefinition.Common : [.. EventTypes.Select(type => type.ToDefinition())],
        VectorDimension = VectorDimension,
    };

    internal sealed class Attribute
    {
        public required string Name { get; set; }

        public required AttributeType Type { get; set; }

        public bool IsFeature { get; set; }

        public bool IsFilterable { get; set; }

        public AttributeDefinition ToDefinition() => new() { Name = Name, Type = Type, IsFeature = IsFeature, IsFilterable = IsFilterable };
    }

    internal sealed class EventType
    {
        public required string Name { get; set; }

        public double Weight { get; set; } = 1;

        public bool IsConsumption { get; set; } = true;

        public double? LikedFrom { get; set; }

        public EventTypeDefinition ToDefinition() => new() { Name = Name, Weight = Weight, IsConsumption = IsConsumption, LikedFrom = LikedFrom };
    }
}
