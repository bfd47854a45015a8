<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>@default</name>
    <message>
        <source>3  Adapt</source>
        <translation>3  Anpassen</translation>
    </message>
    <message>
        <source>Adapt</source>
        <translation>Anpassen</translation>
    </message>
    <message>
        <source>Learn from what is drawn</source>
        <translation>Aus dem Gezeichneten lernen</translation>
    </message>
    <message>
        <source>Load…</source>
        <translation>Laden…</translation>
    </message>
    <message>
        <source>Use a model from a file</source>
        <translation>Ein Modell aus einer Datei verwenden</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Keep this model for other images</source>
        <translation>Dieses Modell für andere Bilder behalten</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>Weights (*.safetensors *.pth)</source>
        <translation>Gewichte (*.safetensors *.pth)</translation>
    </message>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>as chosen above</source>
        <translation>wie oben gewählt</translation>
    </message>
    <message>
        <source> m</source>
        <translation> m</translation>
    </message>
    <message>
        <source>for example 3,2,1</source>
        <translation>zum Beispiel 3,2,1</translation>
    </message>
    <message>
        <source>Start afresh, not from the last model</source>
        <translation>Neu beginnen, nicht vom letzten Modell</translation>
    </message>
    <message>
        <source>Fast, 20 s</source>
        <translation>Schnell, 20 s</translation>
    </message>
    <message>
        <source>Balanced, 1 min</source>
        <translation>Ausgewogen, 1 min</translation>
    </message>
    <message>
        <source>Best, 5 min</source>
        <translation>Am besten, 5 min</translation>
    </message>
    <message>
        <source>No model yet.</source>
        <translation>Noch kein Modell.</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>Backbone</translation>
    </message>
    <message>
        <source>Its weights</source>
        <translation>Dessen Gewichte</translation>
    </message>
    <message>
        <source>Adapter</source>
        <translation>Adapter</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Zeitbudget</translation>
    </message>
    <message>
        <source>GSD</source>
        <translation>Bodenauflösung</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Kanäle</translation>
    </message>
    <message>
        <source>held-out IoU {}</source>
        <translation>IoU im Prüfgebiet {}</translation>
    </message>
    <message>
        <source>{}: {} of {} found, {} false (F1 {} to {})</source>
        <translation>{}: {} von {} gefunden, {} falsch (F1 {} bis {})</translation>
    </message>
    <message>
        <source>default {}</source>
        <translation>Vorgabe {}</translation>
    </message>
    <message>
        <source>{} m²</source>
        <translation>{} m²</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>Objekte</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Fläche</translation>
    </message>
    <message>
        <source>Double click to choose another colour</source>
        <translation>Doppelklick wählt eine andere Farbe</translation>
    </message>
    <message>
        <source>Colour of the class</source>
        <translation>Farbe der Klasse</translation>
    </message>
    <message>
        <source>{} ha</source>
        <translation>{} ha</translation>
    </message>
    <message>
        <source>Key {} draws this class; double click to rename it</source>
        <translation>Taste {} zeichnet diese Klasse; Doppelklick benennt sie um</translation>
    </message>
    <message>
        <source>WEFT</source>
        <translation>WEFT</translation>
    </message>
    <message>
        <source>Set up engine…</source>
        <translation>Engine einrichten…</translation>
    </message>
    <message>
        <source>Install what WEFT computes with</source>
        <translation>Installieren, womit WEFT rechnet</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Open the guide</source>
        <translation>Die Anleitung öffnen</translation>
    </message>
    <message>
        <source>Draw a polygon: click its corners, right click to finish</source>
        <translation>Polygon zeichnen: Ecken klicken, Rechtsklick schließt ab</translation>
    </message>
    <message>
        <source>Draw a rectangle: drag, or click two corners</source>
        <translation>Rechteck zeichnen: ziehen oder zwei Ecken klicken</translation>
    </message>
    <message>
        <source>Paint: drag; Shift and wheel change the width</source>
        <translation>Malen: ziehen; Umschalt und Mausrad ändern die Breite</translation>
    </message>
    <message>
        <source>Area: a rectangle inside which every object is labelled</source>
        <translation>Gebiet: ein Rechteck, in dem jedes Objekt gezeichnet ist</translation>
    </message>
    <message>
        <source>Erase labels; areas that are covered wholly go too</source>
        <translation>Radieren; ganz überdeckte Gebiete verschwinden auch</translation>
    </message>
    <message>
        <source>1  Image</source>
        <translation>1  Bild</translation>
    </message>
    <message>
        <source>Save this extent as a raster…</source>
        <translation>Ausschnitt als Raster speichern…</translation>
    </message>
    <message>
        <source>Export what the map shows of this layer as a GeoTIFF, and use that</source>
        <translation>Was die Karte von diesem Layer zeigt als GeoTIFF speichern und dieses verwenden</translation>
    </message>
    <message>
        <source>Add a raster layer to the project: an orthophoto, for example.</source>
        <translation>Fügen Sie dem Projekt einen Rasterlayer hinzu, zum Beispiel ein Orthofoto.</translation>
    </message>
    <message>
        <source>2  Labels</source>
        <translation>2  Beispiele</translation>
    </message>
    <message>
        <source> px</source>
        <translation> px</translation>
    </message>
    <message>
        <source>Width of brush and eraser; Shift and the mouse wheel change it too</source>
        <translation>Breite von Pinsel und Radierer; auch mit Umschalt und Mausrad</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>Datei…</translation>
    </message>
    <message>
        <source>Keep labels and areas in another GeoPackage</source>
        <translation>Beispiele und Gebiete in einem anderen GeoPackage ablegen</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>Neue Klasse</translation>
    </message>
    <message>
        <source>Name, such as building or ship:</source>
        <translation>Name, etwa Gebäude oder Schiff:</translation>
    </message>
    <message>
        <source>Add class…</source>
        <translation>Neue Klasse…</translation>
    </message>
    <message>
        <source>Another kind of object to draw and find</source>
        <translation>Eine weitere Art von Objekten zum Zeichnen und Finden</translation>
    </message>
    <message>
        <source>Delete class</source>
        <translation>Klasse löschen</translation>
    </message>
    <message>
        <source>The class and its labels</source>
        <translation>Die Klasse und ihre Beispiele</translation>
    </message>
    <message>
        <source>Ready to adapt.</source>
        <translation>Bereit zum Anpassen.</translation>
    </message>
    <message>
        <source>The file is made with the first label.</source>
        <translation>Die Datei entsteht mit dem ersten Beispiel.</translation>
    </message>
    <message>
        <source>A class needs a name.</source>
        <translation>Eine Klasse braucht einen Namen.</translation>
    </message>
    <message>
        <source>There is a class of this name already.</source>
        <translation>Es gibt schon eine Klasse mit diesem Namen.</translation>
    </message>
    <message>
        <source>{} is shown where its probability is at least {}.</source>
        <translation>{} wird gezeigt, wo die Wahrscheinlichkeit mindestens {} ist.</translation>
    </message>
    <message>
        <source>4  Look</source>
        <translation>4  Ansehen</translation>
    </message>
    <message>
        <source>Preview view</source>
        <translation>Ausschnitt zeigen</translation>
    </message>
    <message>
        <source>Predict what the map shows now</source>
        <translation>Vorhersagen, was die Karte jetzt zeigt</translation>
    </message>
    <message>
        <source>Predict the view after each Adapt</source>
        <translation>Nach jedem Anpassen vorhersagen</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>Outdated: labels or model have changed since.</source>
        <translation>Veraltet: Beispiele oder Modell haben sich geändert.</translation>
    </message>
    <message>
        <source>Loss (blue, falls while it learns) and IoU on the held-out area (green, 0 to 1)</source>
        <translation>Verlust (blau, fällt beim Lernen) und IoU im Prüfgebiet (grün, 0 bis 1)</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>Verlust</translation>
    </message>
    <message>
        <source>held-out IoU: not yet</source>
        <translation>IoU im Prüfgebiet: noch nicht</translation>
    </message>
    <message>
        <source>loss {}</source>
        <translation>Verlust {}</translation>
    </message>
    <message>
        <source>Folder of the engine</source>
        <translation>Ordner der Engine</translation>
    </message>
    <message>
        <source>Python of your own</source>
        <translation>Eigenes Python</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>Rechnen auf</translation>
    </message>
    <message>
        <source>Settings &gt; Options</source>
        <translation>Einstellungen &gt; Optionen</translation>
    </message>
    <message>
        <source>Project &gt; Save As…</source>
        <translation>Projekt &gt; Speichern als…</translation>
    </message>
    <message>
        <source>GPU where there is one</source>
        <translation>GPU, wo es eine gibt</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU only (CUDA)</source>
        <translation>nur GPU (CUDA)</translation>
    </message>
    <message>
        <source>Leave it empty to use the engine that &quot;Set up engine…&quot; installs. A Python given here must have the packages of requirements.lock; where it has not, &quot;Set up engine…&quot; makes an environment by it.</source>
        <translation>Leer lassen, um die Engine zu verwenden, die „Engine einrichten…“ installiert. Ein hier angegebenes Python muss die Pakete aus requirements.lock haben; hat es sie nicht, legt „Engine einrichten…“ mit ihm eine Umgebung an.</translation>
    </message>
    <message>
        <source>6  Polygons</source>
        <translation>6  Polygone</translation>
    </message>
    <message>
        <source> m²</source>
        <translation> m²</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>one pixel</source>
        <translation>ein Pixel</translation>
    </message>
    <message>
        <source>Automatic: a quarter of a small labelled object</source>
        <translation>Automatisch: ein Viertel eines kleinen Beispiels</translation>
    </message>
    <message>
        <source>Least area</source>
        <translation>Kleinste Fläche</translation>
    </message>
    <message>
        <source>Least hole</source>
        <translation>Kleinstes Loch</translation>
    </message>
    <message>
        <source>Split objects that touch</source>
        <translation>Objekte trennen, die sich berühren</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>Wie gefunden</translation>
    </message>
    <message>
        <source>Right angles, for buildings</source>
        <translation>Rechte Winkel, für Gebäude</translation>
    </message>
    <message>
        <source>Boxes, for ships</source>
        <translation>Rechtecke, für Schiffe</translation>
    </message>
    <message>
        <source>Fields tell where right angles were possible, or how long and wide boxes are</source>
        <translation>Felder sagen, wo rechte Winkel möglich waren oder wie lang und breit Rechtecke sind</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>Form</translation>
    </message>
    <message>
        <source>Off: what touches is one polygon, as for forest or water</source>
        <translation>Aus: Was sich berührt, ist ein Polygon, etwa bei Wald oder Wasser</translation>
    </message>
    <message>
        <source>Simplify, all classes</source>
        <translation>Vereinfachen, alle Klassen</translation>
    </message>
    <message>
        <source>Draw again</source>
        <translation>Neu zeichnen</translation>
    </message>
    <message>
        <source>New polygons from the last run; predicts nothing</source>
        <translation>Neue Polygone aus dem letzten Lauf, ohne neue Vorhersage</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Shapefile, GeoPackage, GeoJSON or FlatGeobuf</source>
        <translation>Shapefile, GeoPackage, GeoJSON oder FlatGeobuf</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Stop after this step and keep what is finished</source>
        <translation>Nach diesem Schritt aufhören und Fertiges behalten</translation>
    </message>
    <message>
        <source>Stop now</source>
        <translation>Sofort stoppen</translation>
    </message>
    <message>
        <source>Stop, and end the engine if it takes over 15 seconds</source>
        <translation>Aufhören und die Engine beenden, wenn es über 15 Sekunden dauert</translation>
    </message>
    <message>
        <source>{} left</source>
        <translation>noch {}</translation>
    </message>
    <message>
        <source>5  Run</source>
        <translation>5  Ausführen</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Was die Karte zeigt</translation>
    </message>
    <message>
        <source>All of the chosen images</source>
        <translation>Alle gewählten Bilder ganz</translation>
    </message>
    <message>
        <source>Selected polygons of the active layer</source>
        <translation>Gewählte Polygone des aktiven Layers</translation>
    </message>
    <message>
        <source>Estimate tells tiles, time, memory and disk before you start.</source>
        <translation>Schätzen nennt Kacheln, Zeit, Speicher und Platz vor dem Start.</translation>
    </message>
    <message>
        <source>Estimate</source>
        <translation>Schätzen</translation>
    </message>
    <message>
        <source>What a run will take, before it starts</source>
        <translation>Was ein Lauf brauchen wird, bevor er beginnt</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Predict there, and draw polygons</source>
        <translation>Dort vorhersagen und Polygone zeichnen</translation>
    </message>
    <message>
        <source>, each tile {} ways</source>
        <translation>, jede Kachel auf {} Arten</translation>
    </message>
    <message>
        <source>Careful where images are small</source>
        <translation>Sorgfältig, wo Bilder klein sind</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Careful, four times as long</source>
        <translation>Sorgfältig, viermal so lange</translation>
    </message>
    <message>
        <source>Careful: each tile is looked at four ways, turned, and the mean of them counts</source>
        <translation>Sorgfältig: Jede Kachel wird auf vier Arten betrachtet, gedreht, und es zählt ihr Mittel</translation>
    </message>
    <message>
        <source>still {} of {}</source>
        <translation>noch {} von {}</translation>
    </message>
    <message>
        <source>1 tile</source>
        <translation>1 Kachel</translation>
    </message>
    <message>
        <source>{} tiles</source>
        <translation>{} Kacheln</translation>
    </message>
    <message>
        <source>{} megapixels, {}, about {} on {}
{} of memory, at most {} of disk</source>
        <translation>{} Megapixel, {}, etwa {} mit {}
{} Speicher, höchstens {} Platz</translation>
    </message>
    <message>
        <source>{} h</source>
        <translation>{} h</translation>
    </message>
    <message>
        <source>{} s</source>
        <translation>{} s</translation>
    </message>
    <message>
        <source>{} min</source>
        <translation>{} min</translation>
    </message>
    <message>
        <source>Save this extent as a raster</source>
        <translation>Diesen Ausschnitt als Raster speichern</translation>
    </message>
    <message>
        <source>{} × {} pixels are too many; zoom in, or choose larger pixels, up to {} a side.</source>
        <translation>{} × {} Pixel sind zu viele; zoomen Sie hinein, oder wählen Sie größere Pixel, bis {} je Seite.</translation>
    </message>
    <message>
        <source>Size of a pixel, in {}; the map now shows:</source>
        <translation>Größe eines Pixels in {}; die Karte zeigt jetzt:</translation>
    </message>
    <message>
        <source>Saving the view of {}; QGIS shows the progress below the map.</source>
        <translation>Der Ausschnitt von {} wird gespeichert; QGIS zeigt den Fortschritt unter der Karte.</translation>
    </message>
    <message>
        <source>{} (saved view)</source>
        <translation>{} (gespeicherter Ausschnitt)</translation>
    </message>
    <message>
        <source>The view cannot be saved: {}</source>
        <translation>Der Ausschnitt lässt sich nicht speichern: {}</translation>
    </message>
    <message>
        <source>The view was saved, but {} cannot be opened.</source>
        <translation>Der Ausschnitt ist gespeichert, aber {} lässt sich nicht öffnen.</translation>
    </message>
    <message>
        <source>Set up engine</source>
        <translation>Engine einrichten</translation>
    </message>
    <message>
        <source>Set up</source>
        <translation>Einrichten</translation>
    </message>
    <message>
        <source>Download and install</source>
        <translation>Herunterladen und installieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close this window</source>
        <translation>Dieses Fenster schließen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>WEFT computes with PyTorch, in a Python of its own; QGIS&apos;s Python is never touched. About 3 GB are downloaded from the Python package index, and 6 GB of disk are taken in {}. It can be cancelled, and goes on next time where it stopped.</source>
        <translation>WEFT rechnet mit PyTorch in einem eigenen Python; das Python von QGIS bleibt unberührt. Etwa 3 GB werden vom Python-Paketindex geladen und 6 GB in {} belegt. Sie können abbrechen; beim nächsten Mal geht es weiter, wo es aufgehört hat.</translation>
    </message>
    <message>
        <source>The engine works: {}.</source>
        <translation>Die Engine läuft: {}.</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Beginnt</translation>
    </message>
    <message>
        <source>Reading the labelled areas</source>
        <translation>Die Gebiete werden gelesen</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Predicting</source>
        <translation>Vorhersage von</translation>
    </message>
    <message>
        <source>Outlines of</source>
        <translation>Umrisse von</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>Schreiben von</translation>
    </message>
    <message>
        <source>Exporting to ONNX</source>
        <translation>Export nach ONNX</translation>
    </message>
    <message>
        <source>Comparing with torch</source>
        <translation>Vergleich mit torch</translation>
    </message>
    <message>
        <source>Cancelled before it began.</source>
        <translation>Abgebrochen, bevor es begann.</translation>
    </message>
    <message>
        <source>Cancelled; what was finished before is kept.</source>
        <translation>Abgebrochen; was vorher fertig war, bleibt erhalten.</translation>
    </message>
    <message>
        <source>asked for</source>
        <translation>so gewünscht</translation>
    </message>
    <message>
        <source>this build of torch has no CUDA</source>
        <translation>dieses torch ist ohne CUDA gebaut</translation>
    </message>
    <message>
        <source>no NVIDIA GPU with a working driver was found</source>
        <translation>keine NVIDIA-GPU mit funktionierendem Treiber gefunden</translation>
    </message>
    <message>
        <source>a test kernel failed</source>
        <translation>eine Proberechnung schlug fehl</translation>
    </message>
    <message>
        <source>a test kernel gave a wrong result</source>
        <translation>eine Proberechnung hatte ein falsches Ergebnis</translation>
    </message>
    <message>
        <source>CPU, 1 thread</source>
        <translation>CPU, 1 Thread</translation>
    </message>
    <message>
        <source>CPU, {} threads</source>
        <translation>CPU, {} Threads</translation>
    </message>
    <message>
        <source>The project was closed, and its job was stopped.</source>
        <translation>Das Projekt wurde geschlossen und sein Auftrag beendet.</translation>
    </message>
    <message>
        <source>{} (edited)</source>
        <translation>{} (bearbeitet)</translation>
    </message>
    <message>
        <source>The engine was ended; the next job starts it again.</source>
        <translation>Die Engine wurde beendet; der nächste Auftrag startet sie neu.</translation>
    </message>
    <message>
        <source>{} is there already; choose another name.</source>
        <translation>{} gibt es schon; wählen Sie einen anderen Namen.</translation>
    </message>
    <message>
        <source>File for labels and areas</source>
        <translation>Datei für Beispiele und Gebiete</translation>
    </message>
    <message>
        <source>GeoPackage (*.gpkg)</source>
        <translation>GeoPackage (*.gpkg)</translation>
    </message>
    <message>
        <source>Load model</source>
        <translation>Modell laden</translation>
    </message>
    <message>
        <source>WEFT model (*.weft)</source>
        <translation>WEFT-Modell (*.weft)</translation>
    </message>
    <message>
        <source>Save model</source>
        <translation>Modell speichern</translation>
    </message>
    <message>
        <source>Export polygons</source>
        <translation>Polygone exportieren</translation>
    </message>
    <message>
        <source>Starting to adapt</source>
        <translation>Das Anpassen beginnt</translation>
    </message>
    <message>
        <source>Predicting the view</source>
        <translation>Der Ausschnitt wird vorhergesagt</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Es wird geschätzt</translation>
    </message>
    <message>
        <source>Starting to predict</source>
        <translation>Die Vorhersage beginnt</translation>
    </message>
    <message>
        <source>Drawing polygons</source>
        <translation>Polygone werden gezeichnet</translation>
    </message>
    <message>
        <source>Choose an image first.</source>
        <translation>Wählen Sie zuerst ein Bild.</translation>
    </message>
    <message>
        <source>{} written.</source>
        <translation>{} geschrieben.</translation>
    </message>
    <message>
        <source>Stopped early; the best model so far is kept.</source>
        <translation>Vorzeitig beendet; das bisher beste Modell bleibt erhalten.</translation>
    </message>
    <message>
        <source>no objects</source>
        <translation>keine Objekte</translation>
    </message>
    <message>
        <source>The label file {} cannot be used ({}); choose another by &quot;File…&quot;.</source>
        <translation>Die Datei {} kann nicht verwendet werden ({}); wählen Sie über „Datei…“ eine andere.</translation>
    </message>
    <message>
        <source>Select polygons in a vector layer, and make that layer the active one.</source>
        <translation>Wählen Sie Polygone in einem Vektorlayer, und machen Sie ihn zum aktiven Layer.</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source>Polygons: {}.</source>
        <translation>Polygone: {}.</translation>
    </message>
    <message>
        <source>The model cannot be saved there: {}</source>
        <translation>Das Modell kann dort nicht gespeichert werden: {}</translation>
    </message>
    <message>
        <source>The polygons cannot be written: {}</source>
        <translation>Die Polygone können nicht geschrieben werden: {}</translation>
    </message>
    <message>
        <source>Cancelled; press Run again, and the same run goes on from there.</source>
        <translation>Abgebrochen; mit Ausführen geht derselbe Lauf von dort weiter.</translation>
    </message>
    <message>
        <source>Only {} are free at {}; the run may need up to {}.</source>
        <translation>Nur {} sind bei {} frei; der Lauf braucht bis zu {}.</translation>
    </message>
    <message>
        <source>Preview: {}</source>
        <translation>Vorschau: {}</translation>
    </message>
    <message>
        <source>Another job is running; wait for it, or cancel it.</source>
        <translation>Es läuft schon etwas; warten Sie, oder brechen Sie es ab.</translation>
    </message>
    <message>
        <source>WEFT cannot write its files: {}. Save the project in a folder that can be written to, and try again.</source>
        <translation>WEFT kann seine Dateien nicht schreiben: {}. Speichern Sie das Projekt in einem beschreibbaren Ordner, und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>Choose a name that ends in {}.</source>
        <translation>Wählen Sie einen Namen, der auf {} endet.</translation>
    </message>
    <message>
        <source>unknown resolution</source>
        <translation>unbekannte Auflösung</translation>
    </message>
    <message>
        <source>1 band</source>
        <translation>1 Kanal</translation>
    </message>
    <message>
        <source>no nodata value</source>
        <translation>kein Nodata-Wert</translation>
    </message>
    <message>
        <source>The layer is broken; mend its data source first.</source>
        <translation>Der Layer ist defekt; reparieren Sie zuerst seine Datenquelle.</translation>
    </message>
    <message>
        <source>The layer is no image file, as the engine needs; save this extent as a raster.</source>
        <translation>Der Layer ist keine Bilddatei, wie die Engine sie braucht; speichern Sie diesen Ausschnitt als Raster.</translation>
    </message>
    <message>
        <source>The image file has no CRS, so polygons of it would have no place; write the CRS into the file by Raster &gt; Projections &gt; Assign Projection…, and add the image anew.</source>
        <translation>Die Bilddatei hat kein KBS, ihre Polygone hätten also keinen Ort; schreiben Sie es mit Raster &gt; Projektionen &gt; Projektion zuweisen… in die Datei, und fügen Sie das Bild neu hinzu.</translation>
    </message>
    <message>
        <source>The CRS of the layer is not that of its file, which is the one that counts; write the right one into the file by Raster &gt; Projections &gt; Assign Projection…, and add the image anew.</source>
        <translation>Das KBS des Layers ist nicht das seiner Datei, und dieses zählt; schreiben Sie das richtige mit Raster &gt; Projektionen &gt; Projektion zuweisen… in die Datei, und fügen Sie das Bild neu hinzu.</translation>
    </message>
    <message>
        <source>{} m a pixel</source>
        <translation>{} m je Pixel</translation>
    </message>
    <message>
        <source>{} bands</source>
        <translation>{} Kanäle</translation>
    </message>
    <message>
        <source>nodata {}</source>
        <translation>Nodata {}</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>Beispiele</translation>
    </message>
    <message>
        <source>Labelled areas</source>
        <translation>Gezeichnete Gebiete</translation>
    </message>
    <message>
        <source>Add area</source>
        <translation>Gebiet hinzufügen</translation>
    </message>
    <message>
        <source>Erase labels</source>
        <translation>Beispiele radieren</translation>
    </message>
    <message>
        <source>Erase areas</source>
        <translation>Gebiete radieren</translation>
    </message>
    <message>
        <source>Add {}</source>
        <translation>{} hinzufügen</translation>
    </message>
    <message>
        <source>it has no layer &quot;{}&quot;</source>
        <translation>sie hat keinen Layer „{}“</translation>
    </message>
    <message>
        <source>{} is read-only; choose another file by &quot;File…&quot;.</source>
        <translation>{} ist schreibgeschützt; wählen Sie über „Datei…“ eine andere Datei.</translation>
    </message>
    <message>
        <source>Rename {}</source>
        <translation>{} umbenennen</translation>
    </message>
    <message>
        <source>Delete {}</source>
        <translation>{} löschen</translation>
    </message>
    <message>
        <source>other</source>
        <translation>andere</translation>
    </message>
    <message>
        <source>Draw some objects with the tools above.</source>
        <translation>Zeichnen Sie einige Objekte mit den Werkzeugen oben.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Legen Sie zuerst eine Klasse an.</translation>
    </message>
    <message>
        <source>No background yet: draw an area rectangle around objects that are all labelled.</source>
        <translation>Noch kein Hintergrund: Zeichnen Sie ein Gebiet um Objekte, die alle gezeichnet sind.</translation>
    </message>
    <message>
        <source>One more area, and the result can be measured.</source>
        <translation>Noch ein Gebiet, und das Ergebnis lässt sich messen.</translation>
    </message>
    <message>
        <source>Nothing is labelled as {} yet.</source>
        <translation>Noch nichts ist als {} gezeichnet.</translation>
    </message>
    <message>
        <source>{} more areas, and the result can be measured.</source>
        <translation>Noch {} Gebiete, und das Ergebnis lässt sich messen.</translation>
    </message>
    <message>
        <source>A few more objects of {} would help.</source>
        <translation>Einige weitere Objekte der Klasse {} würden helfen.</translation>
    </message>
    <message>
        <source>WEFT panel</source>
        <translation>WEFT-Bedienfeld</translation>
    </message>
    <message>
        <source>The engine starts with the first job.</source>
        <translation>Die Engine startet mit dem ersten Auftrag.</translation>
    </message>
    <message>
        <source>The labels are not saved: {}</source>
        <translation>Die Beispiele sind nicht gespeichert: {}</translation>
    </message>
    <message>
        <source>The engine was stopped.</source>
        <translation>Die Engine wurde beendet.</translation>
    </message>
    <message>
        <source>The engine crashed three times in ten minutes and is not started again until these are over; see the log tab WEFT.</source>
        <translation>Die Engine ist in zehn Minuten dreimal abgestürzt und wird erst nach deren Ablauf wieder gestartet; sehen Sie im Protokoll unter WEFT nach.</translation>
    </message>
    <message>
        <source>The engine ended unexpectedly ({}); the next job starts it again.</source>
        <translation>Die Engine endete unerwartet ({}); der nächste Auftrag startet sie neu.</translation>
    </message>
    <message>
        <source>The engine&apos;s Python, {}, cannot be started; set up the engine again.</source>
        <translation>Das Python der Engine, {}, lässt sich nicht starten; richten Sie die Engine neu ein.</translation>
    </message>
    <message>
        <source>The engine cannot start ({}); set it up again, or see the log tab WEFT.</source>
        <translation>Die Engine lässt sich nicht starten ({}); richten Sie sie neu ein, oder sehen Sie im Protokoll unter WEFT nach.</translation>
    </message>
    <message>
        <source>The Python set in the options, {}, does not exist; choose another.</source>
        <translation>Das Python aus den Optionen, {}, gibt es nicht; wählen Sie ein anderes.</translation>
    </message>
    <message>
        <source>it was ended by the system, most often because memory ran out</source>
        <translation>vom System beendet, meist weil der Speicher ausging</translation>
    </message>
    <message>
        <source>access violation</source>
        <translation>Zugriffsverletzung</translation>
    </message>
    <message>
        <source>a DLL is missing</source>
        <translation>eine DLL fehlt</translation>
    </message>
    <message>
        <source>illegal instruction</source>
        <translation>unzulässiger Befehl</translation>
    </message>
    <message>
        <source>exit status {}</source>
        <translation>Exit-Code {}</translation>
    </message>
    <message>
        <source>it crashed</source>
        <translation>abgestürzt</translation>
    </message>
    <message>
        <source>The disk is full; free about 8 GB, or choose another folder for the engine.</source>
        <translation>Die Platte ist voll; schaffen Sie etwa 8 GB Platz, oder wählen Sie einen anderen Ordner für die Engine.</translation>
    </message>
    <message>
        <source>A file of the engine is in use; close other QGIS windows, pause the virus scanner for that folder, and try again.</source>
        <translation>Eine Datei der Engine ist in Gebrauch; schließen Sie andere QGIS-Fenster, nehmen Sie den Ordner vom Virenscanner aus, und versuchen Sie es nochmals.</translation>
    </message>
    <message>
        <source>The proxy refused the connection; check the proxy in QGIS under Settings &gt; Options &gt; Network.</source>
        <translation>Der Proxy hat die Verbindung abgelehnt; prüfen Sie ihn in QGIS unter Einstellungen &gt; Optionen &gt; Netzwerk.</translation>
    </message>
    <message>
        <source>The installer cannot be fetched through a SOCKS proxy; set an HTTP proxy in QGIS under Settings &gt; Options &gt; Network, or install uv.</source>
        <translation>Das Installationsprogramm lässt sich nicht über einen SOCKS-Proxy laden; stellen Sie in QGIS unter Einstellungen &gt; Optionen &gt; Netzwerk einen HTTP-Proxy ein, oder installieren Sie uv.</translation>
    </message>
    <message>
        <source>The connection is not trusted, as behind some company networks; ask your administrator to add the certificate to those that this computer trusts. On Linux SSL_CERT_FILE can name it, too.</source>
        <translation>Der Verbindung wird nicht vertraut, wie in manchen Firmennetzen; bitten Sie Ihre Administration, das Zertifikat zu denen hinzuzufügen, denen dieser Computer vertraut. Unter Linux kann auch SSL_CERT_FILE es nennen.</translation>
    </message>
    <message>
        <source>This Python cannot make environments; install its venv module (python3-venv on Debian and Ubuntu), or choose another Python.</source>
        <translation>Dieses Python kann keine Umgebungen anlegen; installieren Sie sein Modul venv (python3-venv auf Debian und Ubuntu), oder wählen Sie ein anderes Python.</translation>
    </message>
    <message>
        <source>The engine needs a Mac with Apple silicon, and this QGIS starts every Python that was found as on an Intel Mac; install Homebrew&apos;s Python, or a QGIS for Apple silicon.</source>
        <translation>Die Engine braucht einen Mac mit Apple-Prozessor, und dieses QGIS startet jedes gefundene Python wie auf einem Mac mit Intel-Prozessor; installieren Sie das Python von Homebrew, oder ein QGIS für Apple-Prozessoren.</translation>
    </message>
    <message>
        <source>A downloaded package is not the one that was tested, so it was refused; try again, or ask your administrator about the package mirror.</source>
        <translation>Ein geladenes Paket ist nicht das geprüfte und wurde abgelehnt; versuchen Sie es nochmals, oder fragen Sie Ihre Administration nach dem Paketspiegel.</translation>
    </message>
    <message>
        <source>There is no package for this system; WEFT needs a 64-bit Windows or Linux, or macOS 14 or newer on Apple silicon, and Python 3.11 to 3.14.</source>
        <translation>Für dieses System gibt es kein Paket; WEFT braucht Windows oder Linux mit 64 Bit, oder macOS 14 oder neuer auf Apple-Prozessoren, und Python 3.11 bis 3.14.</translation>
    </message>
    <message>
        <source>The package index cannot be reached; check the network connection and the proxy in QGIS, and try again: what is there already is kept.</source>
        <translation>Der Paketindex ist nicht erreichbar; prüfen Sie die Netzwerkverbindung und den Proxy in QGIS, und versuchen Sie es nochmals: Vorhandenes bleibt.</translation>
    </message>
    <message>
        <source>The folder of the engine cannot be written to; choose another one in the options.</source>
        <translation>In den Ordner der Engine kann nicht geschrieben werden; wählen Sie in den Optionen einen anderen.</translation>
    </message>
    <message>
        <source>The set-up failed; the transcript below says where.</source>
        <translation>Die Einrichtung ist misslungen; das Protokoll unten sagt, wo.</translation>
    </message>
    <message>
        <source>Making the environment</source>
        <translation>Die Umgebung wird angelegt</translation>
    </message>
    <message>
        <source>No Python 3.11 to 3.14 was found; install one from python.org (on Windows no administrator is needed), on Linux by the package manager, or choose one in the options.</source>
        <translation>Kein Python 3.11 bis 3.14 gefunden; installieren Sie eines von python.org (unter Windows ohne Administration), unter Linux mit der Paketverwaltung, oder wählen Sie eines in den Optionen.</translation>
    </message>
    <message>
        <source>Installing the engine&apos;s packages (about 6 GB)</source>
        <translation>Die Pakete der Engine werden installiert (etwa 6 GB)</translation>
    </message>
    <message>
        <source>Trying the engine</source>
        <translation>Die Engine wird ausprobiert</translation>
    </message>
    <message>
        <source>Removing the downloads</source>
        <translation>Das Heruntergeladene wird entfernt</translation>
    </message>
    <message>
        <source>Fetching the installer</source>
        <translation>Das Installationsprogramm wird geholt</translation>
    </message>
    <message>
        <source>The lock file of this WEFT is damaged; install the plugin again.</source>
        <translation>Die Sperrdatei dieses WEFT ist beschädigt; installieren Sie die Erweiterung neu.</translation>
    </message>
    <message>
        <source>Looking for a Python</source>
        <translation>Ein Python wird gesucht</translation>
    </message>
    <message>
        <source>Only {} are free at {}, and the engine needs about 8 GB; free some space, or choose another folder in the options.</source>
        <translation>Nur {} sind bei {} frei, die Engine braucht etwa 8 GB; schaffen Sie Platz, oder wählen Sie in den Optionen einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Cancelled; what is installed already is kept for the next try.</source>
        <translation>Abgebrochen; was schon installiert ist, bleibt für den nächsten Versuch.</translation>
    </message>
    <message>
        <source>The engine&apos;s folder cannot be used ({}); choose another in the options.</source>
        <translation>Der Ordner der Engine kann nicht verwendet werden ({}); wählen Sie in den Optionen einen anderen.</translation>
    </message>
    <message>
        <source>Wavelet experts guide the frozen network. A minute of training; take it unless something speaks against it.</source>
        <translation>Wavelet-Experten lenken das eingefrorene Netz. Eine Minute Training; die richtige Wahl, wenn nichts dagegen spricht.</translation>
    </message>
    <message>
        <source>The published WEFT, for large transformers. Slow without a GPU; take it with weights of a ViT-L.</source>
        <translation>Das veröffentlichte WEFT, für große Transformer. Ohne GPU langsam; für Gewichte eines ViT-L.</translation>
    </message>
    <message>
        <source>UPetu-style: quantised adapters and prompts. Small model files; take it to keep or send many models.</source>
        <translation>Nach Art von UPetu: quantisierte Adapter und Prompts. Kleine Modelldateien; wenn viele Modelle aufzuheben oder zu verschicken sind.</translation>
    </message>
    <message>
        <source>EST-style: a small network beside the frozen one. Little memory; take it on weak computers.</source>
        <translation>Nach Art von EST: ein kleines Netz neben dem eingefrorenen. Wenig Speicher; für schwache Rechner.</translation>
    </message>
    <message>
        <source>CWSAM: adapters and a decoder for Segment Anything. Slow without a GPU; take it with SAM weights, for radar images too.</source>
        <translation>CWSAM: Adapter und ein Decoder für Segment Anything. Ohne GPU langsam; für SAM-Gewichte, auch bei Radarbildern.</translation>
    </message>
    <message>
        <source>LoRA: small corrections inside the frozen network. Two thirds of the memory of training all of it; take it with large transformers on a GPU.</source>
        <translation>LoRA: kleine Korrekturen im eingefrorenen Netz. Zwei Drittel des Speichers, den das Training des ganzen Netzes braucht; für große Transformer auf einer GPU.</translation>
    </message>
    <message>
        <source>One layer on frozen features. Seconds, but coarse; take it for a first look.</source>
        <translation>Eine Schicht auf eingefrorenen Merkmalen. Sekunden, aber grob; für einen ersten Blick.</translation>
    </message>
    <message>
        <source>The whole network learns. Most memory and the largest model files; take it when much is labelled.</source>
        <translation>Das ganze Netz lernt. Am meisten Speicher und die größten Modelldateien; wenn vieles gezeichnet ist.</translation>
    </message>
    <message>
        <source>everything at all times</source>
        <translation>alles zu jeder Zeit</translation>
    </message>
    <message>
        <source>the inside now and then (DBF)</source>
        <translation>innen nur ab und zu (DBF)</translation>
    </message>
    <message>
        <source>The best of few labels; take it unless a step takes too long.</source>
        <translation>Holt am meisten aus wenigen Beispielen; die Regel, solange ein Schritt nicht zu lange dauert.</translation>
    </message>
    <message>
        <source>Dynamic backbone freezing: what learns inside stands still in nine of ten epochs, which saves more than half of its time; take it with &quot;full&quot; and many labels.</source>
        <translation>Dynamic Backbone Freezing: Was innen lernt, steht in neun von zehn Epochen still, was mehr als die Hälfte seiner Zeit spart; mit „full“ und vielen Beispielen.</translation>
    </message>
    <message>
        <source>What learns</source>
        <translation>Was lernt</translation>
    </message>
    <message>
        <source>Where to label next</source>
        <translation>Wo als Nächstes zeichnen?</translation>
    </message>
    <message>
        <source>Find places from which the model would learn most</source>
        <translation>Stellen finden, aus denen das Modell am meisten lernen würde</translation>
    </message>
    <message>
        <source>the model is unsure here</source>
        <translation>das Modell ist hier unsicher</translation>
    </message>
    <message>
        <source>the model is sure, but similar ground was labelled otherwise</source>
        <translation>das Modell ist sicher, aber in den Gebieten ist Ähnliches etwas anderes</translation>
    </message>
    <message>
        <source>nothing labelled looks like this</source>
        <translation>nichts in den Gebieten sieht so aus</translation>
    </message>
    <message>
        <source>Looking for what to label</source>
        <translation>Lohnende Stellen werden gesucht</translation>
    </message>
    <message>
        <source>Looking at what is labelled</source>
        <translation>Die Gebiete werden betrachtet</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>Messen</translation>
    </message>
    <message>
        <source>How good models of these labels are: trains anew without each area in turn, and measures on it; takes as long as several times Adapt</source>
        <translation>Wie gut Modelle aus diesen Beispielen sind: trainiert reihum neu, jeweils ohne ein Gebiet, und misst darauf; dauert mehrmals so lange wie Anpassen</translation>
    </message>
    <message>
        <source>On {} of {} areas, each by a model that had not seen it:</source>
        <translation>Auf {} von {} Gebieten, jedes mit einem Modell, das es nicht gesehen hatte:</translation>
    </message>
    <message>
        <source>Where models and labels differ most; a click leads there:</source>
        <translation>Wo Modelle und Beispiele am weitesten auseinanderliegen; ein Klick führt hin:</translation>
    </message>
    <message>
        <source>nothing here, and nothing found</source>
        <translation>nichts hier, und nichts gefunden</translation>
    </message>
    <message>
        <source>IoU {}: {} of {} found, {} false</source>
        <translation>IoU {}: {} von {} gefunden, {} falsch</translation>
    </message>
    <message>
        <source>{}: too few areas to say</source>
        <translation>{}: zu wenige Gebiete für eine Aussage</translation>
    </message>
    <message>
        <source>{}: IoU {} ({} to {}), F1 {} ({} to {})</source>
        <translation>{}: IoU {} ({} bis {}), F1 {} ({} bis {})</translation>
    </message>
    <message>
        <source>Starting to measure</source>
        <translation>Die Messung beginnt</translation>
    </message>
    <message>
        <source>Cross-validating</source>
        <translation>Kreuzvalidierung</translation>
    </message>
    <message>
        <source>The engine is not set up yet; press &quot;Set up engine…&quot; in the WEFT panel.</source>
        <translation>Die Engine ist noch nicht eingerichtet; drücken Sie „Engine einrichten…“ im WEFT-Bedienfeld.</translation>
    </message>
    <message>
        <source>Adapt a model to labels</source>
        <translation>Modell an Beispiele anpassen</translation>
    </message>
    <message>
        <source>Learns from labelled objects what to find. Areas are polygons inside which every object is labelled; outside of them nothing is taken for known. Without areas, objects of a class named &quot;background&quot; say what is none.</source>
        <translation>Lernt aus gezeichneten Objekten, was zu finden ist. Gebiete sind Polygone, in denen jedes Objekt gezeichnet ist; außerhalb gilt nichts als bekannt. Ohne Gebiete sagen Objekte einer Klasse namens „background“, was keines ist.</translation>
    </message>
    <message>
        <source>Without a field, labels have the class in their field &quot;class&quot;, or are all of one class where there is none. With three areas or more, the model is measured on one that is held out.</source>
        <translation>Ohne Feld steht die Klasse der Beispiele in ihrem Feld „class“, oder sie sind alle von einer Klasse, wo es keines gibt. Ab drei Gebieten wird das Modell an einem gemessen, das dafür zurückgehalten wird.</translation>
    </message>
    <message>
        <source>When it is cancelled, the best model so far is kept.</source>
        <translation>Bei einem Abbruch bleibt das bisher beste Modell erhalten.</translation>
    </message>
    <message>
        <source>Seconds to train</source>
        <translation>Sekunden für das Training</translation>
    </message>
    <message>
        <source>Field of the class</source>
        <translation>Feld der Klasse</translation>
    </message>
    <message>
        <source>Areas, labelled completely</source>
        <translation>Gebiete, in denen alles gezeichnet ist</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>WEFT models (*.weft)</source>
        <translation>WEFT-Modelle (*.weft)</translation>
    </message>
    <message>
        <source>The labels cannot be copied to {}: {}; free some space and try again.</source>
        <translation>Die Beispiele können nicht nach {} kopiert werden: {}; schaffen Sie Platz, und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>{} is no list of bands; give numbers from 1, such as 4, 3, 2.</source>
        <translation>{} ist keine Liste von Kanälen; geben Sie Zahlen ab 1 an, etwa 4, 3, 2.</translation>
    </message>
    <message>
        <source>GSD in metres</source>
        <translation>Bodenauflösung in Metern</translation>
    </message>
    <message>
        <source>Bands, such as 4, 3, 2 (empty: automatic)</source>
        <translation>Kanäle, etwa 4, 3, 2 (leer: automatisch)</translation>
    </message>
    <message>
        <source>A run that is stopped goes on from there when it is started again with the same folder.</source>
        <translation>Ein abgebrochener Lauf geht von dort weiter, wenn er mit demselben Ordner noch einmal gestartet wird.</translation>
    </message>
    <message>
        <source>Find objects in images</source>
        <translation>Objekte in Bildern finden</translation>
    </message>
    <message>
        <source>Applies a model to images and draws polygons around what it finds, with class, confidence, area and perimeter, in the CRS of the first image. The rasters of classes and probabilities stay in a folder.</source>
        <translation>Wendet ein Modell auf Bilder an und zeichnet Polygone um das, was es findet, mit Klasse, Konfidenz, Fläche und Umfang, im KBS des ersten Bildes. Die Raster der Klassen und Wahrscheinlichkeiten bleiben in einem Ordner.</translation>
    </message>
    <message>
        <source>Folder for the rasters</source>
        <translation>Ordner für die Raster</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>Go on from this model</source>
        <translation>Von diesem Modell aus weiterlernen</translation>
    </message>
    <message>
        <source>Weights of the backbone</source>
        <translation>Gewichte des Backbones</translation>
    </message>
    <message>
        <source>Part of the images (empty: all)</source>
        <translation>Teil der Bilder (leer: alles)</translation>
    </message>
    <message>
        <source>How carefully</source>
        <translation>Wie sorgfältig</translation>
    </message>
    <message>
        <source>Least area in m² (empty: automatic)</source>
        <translation>Mindestfläche in m² (leer: automatisch)</translation>
    </message>
    <message>
        <source>Least hole in m²</source>
        <translation>Kleinstes Loch in m²</translation>
    </message>
    <message>
        <source>Simplify in metres (empty: one pixel)</source>
        <translation>Vereinfachen in Metern (leer: ein Pixel)</translation>
    </message>
    <message>
        <source>Polygons from predicted rasters</source>
        <translation>Polygone aus vorhergesagten Rastern</translation>
    </message>
    <message>
        <source>Draws polygons around what a prediction found, with class, confidence, area and perimeter. It takes the rasters of either kind that Predict has written, and finds the other kind beside them.</source>
        <translation>Zeichnet Polygone um das, was eine Vorhersage gefunden hat, mit Klasse, Konfidenz, Fläche und Umfang. Es nimmt Raster beider Arten, wie „Bild vorhersagen“ sie schreibt, und findet die der anderen Art daneben.</translation>
    </message>
    <message>
        <source>Predicted rasters</source>
        <translation>Vorhergesagte Raster</translation>
    </message>
    <message>
        <source>Predict an image</source>
        <translation>Bild vorhersagen</translation>
    </message>
    <message>
        <source>Applies a model to an image. NAME_class.tif has the class of each pixel, NAME_prob.tif the probability of each class, on the image&apos;s own grid.</source>
        <translation>Wendet ein Modell auf ein Bild an. NAME_class.tif hat die Klasse jedes Pixels, NAME_prob.tif die Wahrscheinlichkeit jeder Klasse, auf dem Gitter des Bildes.</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>Wahrscheinlichkeiten</translation>
    </message>
    <message>
        <source>The labels have no field {}; choose one of {}.</source>
        <translation>Die Beispiele haben kein Feld {}; wählen Sie eines von {}.</translation>
    </message>
    <message>
        <source>Least confidence</source>
        <translation>Mindestkonfidenz</translation>
    </message>
    <message>
        <source>Automatic: objects that are mostly false are left out; 0 draws them all</source>
        <translation>Automatisch: Objekte, die meist falsch sind, werden weggelassen; 0 zeichnet alle</translation>
    </message>
    <message>
        <source>Least confidence (empty: automatic)</source>
        <translation>Mindestkonfidenz (leer: automatisch)</translation>
    </message>
</context>
</TS>
