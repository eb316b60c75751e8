using Siskin.Data.Catalogue;
using Siskin.Data.Events;
using Siskin.Server.Hosting;
using Siskin.Server.Telemetry;

namespace Siskin.Server.Api;

/// <summary>What endpoints work with.</summary>
internal sealed record ApiServices(
    ICatalogue Catalogue,
    IEventLog Events,
    IServingEngine Engine,
    SchemaCache Schema,
    SiskinServerOptions Options,
    ServerMetrics Metrics,
    TimeProvider Time);
